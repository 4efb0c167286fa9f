package dev.weft.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The one command. */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws RunnerException {
        new Runner(new OptionsBuilder()
                        .include(args.length == 0 ? "StackBenchmark" : args[0])
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .threads(args.length > 1 ? Integer.parseInt(args[1]) : 1)
                        .build())
                .run();
    }
}
