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
    private static final List<Clients> ALL_OUT =
            List.of(Clients.OKHTTP, Clients.OKHTTP_RESILIENCE4J, Clients.WEFT, Clients.WEFT_ASYNC);
    private static final List<Clients> AT_A_RATE = List.of(Clients.OKHTTP, Clients.OKHTTP_RESILIENCE4J, Clients.WEFT);
    private static final int[] RATES = {500, 2_000, 4_000};
    private static final int CALLERS = 16;
    private static final int MILLIS = 2_000;

    private ColdStart() {}

    public static void run(int rounds) throws IOException, InterruptedException {
        System.out.println("\n**the first 2 s**, " + CALLERS + " callers, " + rounds + " fresh processes each\n");
        for (int rate : RATES) {
            System.out.println("\n" + rate + " requests a second\n");
            run(AT_A_RATE, rounds, rate);
        }
        System.out.println("\nas many requests as each can\n");
        run(ALL_OUT, rounds, 0);
    }

    private static void run(List<Clients> rows, int rounds, int perSecond) throws IOException, InterruptedException {
        Map<Clients, List<Sample>> samples = new EnumMap<>(Clients.class);
        List<Clients> order = new ArrayList<>(rows);
        Random random = new Random(1);
        for (int i = 0; i < rounds; i++) {
            Collections.shuffle(order, random);
            for (Clients client : order) {
                try (Rounds fresh = new Rounds(List.of(client), Child.java(Replicas.class, List.of()))) {
                    samples.computeIfAbsent(client, c -> new ArrayList<>())
                            .add(fresh.cold(client, CALLERS, MILLIS, perSecond));
                }
            }
        }
        Table table = new Table("client", "requests in 2 s", "CPU s", "CPU us/req", "x CPU us/req (quartiles)");
        samples.forEach((client, row) -> {
            double[] cpu = LoadReport.ratios(row, samples.getOrDefault(Clients.OKHTTP, List.of()), Sample::cpu);
            table.row(
                    client.title(),
                    LoadReport.number(LoadReport.median(row, Sample::requests), 0),
                    LoadReport.number(LoadReport.median(row, Sample::cpuNanos) / 1e9, 2),
                    LoadReport.number(LoadReport.median(row, Sample::cpu), 0),
                    LoadReport.number(cpu[1], 2) + " (" + LoadReport.number(cpu[0], 2) + "-"
                            + LoadReport.number(cpu[2], 2) + ")");
        });
        System.out.println(table.markdown());
    }
}
