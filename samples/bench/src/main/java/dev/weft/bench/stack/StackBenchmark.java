package dev.weft.bench.stack;

import dev.weft.call.Reply;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The whole default stack and, in the same run, what a team wires by hand and what one look at the clock costs. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StackBenchmark {
    /** One mesh for all threads, as a process has one. */
    @State(Scope.Benchmark)
    public static class Stack {
        private final Object request = new Object();
        private final Weft weft = new Weft();

        @TearDown
        public void close() {
            weft.close();
        }
    }

    /** The hand-wired chain, shared likewise. */
    @State(Scope.Benchmark)
    public static class Chain {
        private final Resilience resilience = new Resilience();
    }

    /** What all threads count with. */
    @State(Scope.Benchmark)
    public static class Word {
        private final AtomicInteger count = new AtomicInteger();
    }

    @Benchmark
    public Reply<String> sync(Stack stack) {
        return stack.weft.call(stack.request);
    }

    @Benchmark
    public Reply<String> async(Stack stack) {
        return stack.weft.callAsync(stack.request);
    }

    @Benchmark
    public String resilience4j(Chain chain) {
        return chain.resilience.call();
    }

    /** What it costs here, with two threads, that both add to one word: the least that any exact count of both does. */
    @Benchmark
    public int oneWord(Word word) {
        return word.count.incrementAndGet();
    }

    @Benchmark
    public long nanoTime() {
        return System.nanoTime();
    }
}
