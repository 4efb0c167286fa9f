package dev.weft.bench.load;

import dev.weft.bench.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the first two seconds cost, from the start of the process: classes, compiler and all. */
public final class ColdStart {
    private static final List<Clients> ROWS =
            List.of(Clients.OKHTTP, Clients.OKHTTP_RESILIENCE4J, Clients.WEFT, Clients.WEFT_ASYNC);
    private static final int CALLERS = 16;
    private static final int MILLIS = 2_000;

    private ColdStart() {}

    public static void run(int rounds) throws IOException, InterruptedException {
        Map<Clients, List<Sample>> samples = new EnumMap<>(Clients.class);
        List<Clients> order = new ArrayList<>(ROWS);
        Random random = new Random(1);
        for (int i = 0; i < rounds; i++) {
            Collections.shuffle(order, random);
            for (Clients client : order) {
                try (Rounds fresh = new Rounds(List.of(client), Child.java(Replicas.class, List.of()))) {
                    samples.computeIfAbsent(client, c -> new ArrayList<>()).add(fresh.cold(client, CALLERS, MILLIS));
                }
            }
        }
        Table table = new Table("client", "requests in 2 s", "CPU us/req", "x CPU (quartiles)");
        samples.forEach((client, row) -> {
            double[] cpu = LoadReport.ratios(row, samples.getOrDefault(Clients.OKHTTP, List.of()), Sample::cpu);
            table.row(
                    client.title(),
                    LoadReport.number(LoadReport.median(row, Sample::requests), 0),
                    LoadReport.number(LoadReport.median(row, Sample::cpu), 0),
                    LoadReport.number(cpu[1], 2) + " (" + LoadReport.number(cpu[0], 2) + "-"
                            + LoadReport.number(cpu[2], 2) + ")");
        });
        System.out.println("\n**the first 2 s**, " + CALLERS + " callers, " + rounds + " fresh processes each\n");
        System.out.println(table.markdown());
    }
}
