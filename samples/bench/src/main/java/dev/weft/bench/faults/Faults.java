package dev.weft.bench.faults;

import dev.weft.bench.faults.peers.Peers;
import dev.weft.bench.faults.scenario.Live;
import dev.weft.simulator.measure.Results;
import dev.weft.simulator.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * The simulator's scenarios against real sockets, all clients side by side: {@code faults [SCENARIOS] [CLIENTS]
 * [SECONDS] [FILE]}, lists with commas, {@code all} for all.
 */
public final class Faults {
    private static final List<String> ALL =
            List.of("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S7b", "S8", "S8b", "S9", "S10");
    private static final int SECONDS = 20;
    private static final long SEED = 1;

    private Faults() {}

    public static void run(List<String> args) throws IOException, InterruptedException, ExecutionException {
        List<String> names = args.isEmpty() || args.get(0).equals("all") ? ALL : words(args.get(0));
        List<Peers> peers = args.size() < 2 || args.get(1).equals("all")
                ? List.of(Peers.values())
                : words(args.get(1)).stream().map(Peers::of).toList();
        int seconds = args.size() < 3 ? SECONDS : Integer.parseInt(args.get(2));
        StringBuilder report = new StringBuilder();
        try (Lanes lanes = new Lanes(peers)) {
            for (String name : names) {
                String table = compare(new Live(name, seconds, SEED, false), peers, lanes);
                System.out.println(table);
                report.append(table).append('\n');
            }
        }
        if (args.size() > 3) {
            Files.writeString(Path.of(args.get(3)), report);
        }
    }

    private static List<String> words(String list) {
        return Arrays.asList(list.split(",", -1));
    }

    private static String compare(Live live, List<Peers> peers, Lanes lanes)
            throws IOException, InterruptedException, ExecutionException {
        Scenario scenario = live.scenario();
        Map<Peers, Future<Results>> running = new LinkedHashMap<>();
        for (Peers peer : peers) {
            if (peer.fits(scenario)) {
                running.put(peer, lanes.run(live, peer));
            }
        }
        Map<Peers, Results> results = new EnumMap<>(Peers.class);
        for (Map.Entry<Peers, Future<Results>> each : running.entrySet()) {
            results.put(each.getKey(), each.getValue().get());
        }
        return results.isEmpty()
                ? "## " + live.name() + "\n\nnone of these clients takes part\n"
                : new Comparison(results).markdown();
    }
}
