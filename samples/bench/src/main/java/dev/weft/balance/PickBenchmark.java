package dev.weft.balance;

import dev.weft.bench.stack.Nodes;
import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A pick, with the accounting of the attempt's begin and end, beside the least that any power of two choices can do:
 * two random numbers, two counters compared, one counted up and down. In the balancers' own package, to reach them.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class PickBenchmark {
    @Param({"10", "1000", "10000"})
    int endpoints;

    private AtomicInteger[] counters = {};
    private Picker p2c = (attempt, now) -> {
        throw new IllegalStateException();
    };
    private Picker peakEwma = p2c;
    private Picker roundRobin = p2c;
    private Call attempt = Nodes.attempt();
    private long now;

    @Setup
    public void make() {
        Nodes nodes = new Nodes(endpoints);
        Tuning tuning = new Tuning(TimeUnit.SECONDS.toNanos(10), new SlowStart(0), nodes.random());
        p2c = BalancerKind.P2C.balancer(tuning).picker(Share.of(nodes.all()));
        peakEwma = BalancerKind.PEAK_EWMA.balancer(tuning).picker(Share.of(nodes.all()));
        roundRobin = BalancerKind.ROUND_ROBIN.balancer(tuning).picker(Share.of(nodes.all()));
        counters = new AtomicInteger[endpoints];
        for (int i = 0; i < endpoints; i++) {
            counters[i] = new AtomicInteger();
        }
        attempt = Nodes.attempt();
        now = attempt.startNanos();
    }

    @Benchmark
    public int bare() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        AtomicInteger a = counters[random.nextInt(endpoints)];
        AtomicInteger b = counters[random.nextInt(endpoints)];
        AtomicInteger less = a.get() <= b.get() ? a : b;
        less.incrementAndGet();
        return less.decrementAndGet();
    }

    @Benchmark
    public Node p2c() {
        return counted(p2c);
    }

    @Benchmark
    public Node peakEwma() {
        return counted(peakEwma);
    }

    @Benchmark
    public Node roundRobin() {
        return counted(roundRobin);
    }

    private Node counted(Picker picker) {
        Node node = picker.pick(attempt, now);
        node.attemptStarted();
        node.attemptEnded();
        return node;
    }
}
