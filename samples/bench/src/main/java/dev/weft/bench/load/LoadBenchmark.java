package dev.weft.bench.load;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Whole requests: Weft beside what one would use otherwise. */
public final class LoadBenchmark {
    private static final long CELL_MILLIS = 1_500;
    /** About so often the compiler replaces much, as what it took for impossible happens for the first time. */
    private static final int WARM_TIMES = 12;

    private LoadBenchmark() {}

    /** Prints a table for each number of callers; takes about so many seconds. */
    public static void run(int seconds, List<Integer> callers) throws IOException, InterruptedException {
        run(seconds, callers, Clients.all(false), Child.java(Replicas.class, List.of()));
    }

    /** The same with mTLS between client and servers. */
    public static void runTls(int seconds, List<Integer> callers) throws IOException, InterruptedException {
        Certificates.make();
        run(seconds, callers, Clients.all(true), Child.java(Replicas.class, List.of("tls")));
    }

    /** With each of the balancers. */
    public static void runBalancers(int seconds, List<Integer> callers) throws IOException, InterruptedException {
        run(seconds, callers, BalancedClient.all(), Child.java(Replicas.class, List.of()));
    }

    /** Over gRPC, beside a plain channel. */
    public static void runGrpc(int seconds, List<Integer> callers) throws IOException, InterruptedException {
        run(seconds, callers, GrpcClients.CALLING, Child.java(GrpcReplicas.class, List.of()));
    }

    private static void run(int seconds, List<Integer> callers, List<? extends Kind> rows, Child replicas)
            throws IOException, InterruptedException {
        int rounds = (int) Math.max(2, seconds * 1000L / (CELL_MILLIS * callers.size() * rows.size()));
        try (Rounds measuring = new Rounds(rows, replicas)) {
            for (int count : callers) {
                measuring.warm(count, WARM_TIMES, CELL_MILLIS);
                Map<Kind, List<Sample>> samples = measuring.measure(count, rounds, CELL_MILLIS);
                System.out.println("\n**" + count + " callers**, " + rounds + " rounds\n");
                System.out.println(LoadReport.table(samples));
            }
        }
    }
}
