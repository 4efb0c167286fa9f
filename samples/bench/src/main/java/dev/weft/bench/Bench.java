package dev.weft.bench;

import dev.weft.bench.load.LoadBenchmark;
import java.io.IOException;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** The one command. */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws RunnerException, IOException, InterruptedException {
        if (args.length > 0 && args[0].equals("load")) {
            LoadBenchmark.run(
                    Integer.parseInt(args[1]),
                    List.of(args[2].split(",")).stream().map(Integer::parseInt).toList());
            return;
        }
        new Runner(new OptionsBuilder()
                        .include(args.length == 0 ? "StackBenchmark" : args[0])
                        .addProfiler(GCProfiler.class)
                        .addProfiler(CpuProfiler.class)
                        .threads(args.length > 1 ? Integer.parseInt(args[1]) : 1)
                        .build())
                .run();
    }
}
