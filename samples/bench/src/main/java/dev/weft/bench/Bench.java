package dev.weft.bench;

import dev.weft.balance.BalancerTable;
import dev.weft.bench.faults.Faults;
import dev.weft.bench.load.ColdStart;
import dev.weft.bench.load.Endpoints;
import dev.weft.bench.load.LoadBenchmark;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The one command: without a word it measures all that speed is about, which takes about twenty minutes; {@code faults} is a
 * quarter of an hour of its own.
 */
public final class Bench {
    private static final List<Integer> CALLERS = List.of(1, 16, 64);

    private Bench() {}

    public static void main(String[] args) throws Exception {
        String what = args.length == 0 ? "all" : args[0];
        boolean all = what.equals("all");
        if (what.equals("faults")) {
            Faults.run(Arrays.asList(args).subList(1, args.length));
        }
        if (all || what.equals("stack")) {
            jmh("StackBenchmark", 1);
            jmh("StackBenchmark", 2);
        }
        if (all || what.equals("pick")) {
            jmh("PickBenchmark", 1);
        }
        if (all || what.equals("balancers")) {
            BalancerTable.print(args.length > 1 ? args[1] : "");
        }
        if (all || what.equals("memory")) {
            Memory.print();
        }
        if (all || what.equals("load")) {
            LoadBenchmark.run(seconds(args, 300), callers(args));
        }
        if (all || what.equals("kinds")) {
            LoadBenchmark.runBalancers(seconds(args, 120), args.length > 2 ? callers(args) : List.of(16));
        }
        if (all || what.equals("tls")) {
            LoadBenchmark.runTls(seconds(args, 90), callers(args));
        }
        if (all || what.equals("grpc")) {
            LoadBenchmark.runGrpc(seconds(args, 180), callers(args));
        }
        if (all || what.equals("endpoints")) {
            Endpoints.run(args.length > 1 ? Integer.parseInt(args[1]) : 1_000);
        }
        if (all || what.equals("cold")) {
            ColdStart.run(5);
        }
        if (all || what.equals("policy")) {
            PolicyLatency.run(100);
        }
    }

    private static int seconds(String[] args, int usual) {
        return args.length > 1 ? Integer.parseInt(args[1]) : usual;
    }

    private static List<Integer> callers(String[] args) {
        return args.length > 2
                ? Arrays.stream(args[2].split(",", -1)).map(Integer::valueOf).toList()
                : CALLERS;
    }

    private static void jmh(String include, int threads) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(include)
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .threads(threads)
                        .build())
                .run();
    }
}
