package dev.weft.bench.load;

import dev.weft.bench.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What it takes to be the client of very many endpoints over gRPC: connections, threads, memory. They are one server
 * process, asked at as many of this machine's loopback addresses.
 */
public final class Endpoints {
    private static final List<GrpcClients> ROWS =
            List.of(GrpcClients.PLAIN_GRPC, GrpcClients.WEFT_GRPC, GrpcClients.WEFT_GRPC_SUBSET);
    /** For each endpoint: enough that balancers which throw dice have asked them all. */
    private static final int CALLS_EACH = 20;

    private Endpoints() {}

    /** Prints a table. */
    public static void run(int endpoints) throws IOException {
        Table table = new Table(
                "client", "descriptors", "threads", "heap MB", "heap KB for each endpoint", "memory of the process MB");
        try (Child server = Child.java(GrpcReplicas.class, List.of("everywhere"))) {
            int port = Integer.parseInt(server.read());
            for (GrpcClients client : ROWS) {
                List<String> args = new ArrayList<>(List.of(client.name()));
                IntStream.range(0, endpoints).forEach(i -> args.add(address(i) + ":" + port));
                try (Child crowd = Child.java(Crowd.class, args)) {
                    add(table, client, endpoints, Footprint.parse(crowd.ask(Integer.toString(endpoints * CALLS_EACH))));
                }
            }
        }
        System.out.println("\n**" + endpoints + " endpoints over gRPC**, after " + CALLS_EACH + " calls for each\n");
        System.out.println(table.markdown());
    }

    private static void add(Table table, GrpcClients client, int endpoints, Footprint taken) {
        table.row(
                client.title(),
                Long.toString(taken.descriptors()),
                Long.toString(taken.threads()),
                LoadReport.number(taken.heapBytes() / 1e6, 1),
                LoadReport.number(taken.heapBytes() / 1e3 / endpoints, 1),
                LoadReport.number(taken.residentBytes() / 1e6, 0));
    }

    private static String address(int i) {
        return "127.0." + (1 + i / 250) + '.' + (1 + i % 250);
    }
}
