package dev.weft.balance;

import dev.weft.bench.stack.Nodes;
import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.List;
import java.util.Objects;
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
 * two random numbers, two counters compared, one counted up and down. And what a change of the list costs: the way to a
 * new picker. In the balancers' own package, to reach them.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PickBenchmark {
    /** The least. */
    @State(Scope.Benchmark)
    public static class Counters {
        @Param({"10", "100", "1000", "10000"})
        int endpoints;

        private AtomicInteger[] counters = {};

        @Setup
        public void make() {
            counters = new AtomicInteger[endpoints];
            for (int i = 0; i < endpoints; i++) {
                counters[i] = new AtomicInteger();
            }
        }
    }

    /** One of our balancers. */
    @State(Scope.Benchmark)
    public static class Balanced {
        @Param({"10", "100", "1000", "10000"})
        int endpoints;

        @Param
        BalancerKind kind = BalancerKind.P2C;

        private List<Node> nodes = List.of();
        private Balancer balancer = shares -> (attempt, now) -> shares.get(0).node();
        private Pipeline pipeline = Pipeline.of(0.5);

        @SuppressWarnings("NullAway") // made before it is measured
        private Members members;

        private Call attempt = Nodes.attempt();

        @Setup
        public void make() {
            Nodes made = new Nodes(endpoints);
            nodes = made.all();
            balancer = kind.balancer(new Tuning(TimeUnit.SECONDS.toNanos(10), new SlowStart(0), made.random()));
            pipeline = Pipeline.of(0.5);
            members = BalancerTable.members(made, pipeline, balancer);
            attempt = Nodes.attempt();
        }

        Picker update() {
            return GroupPicker.of(pipeline.select(nodes).used(), balancer, ThreadLocalRandom.current());
        }
    }

    @Benchmark
    public int bare(Counters of) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        AtomicInteger a = of.counters[random.nextInt(of.endpoints)];
        AtomicInteger b = of.counters[random.nextInt(of.endpoints)];
        AtomicInteger less = a.get() <= b.get() ? a : b;
        less.incrementAndGet();
        return less.decrementAndGet();
    }

    @Benchmark
    public Node pick(Balanced of) {
        Node node = Objects.requireNonNull(of.members.pick(of.attempt));
        node.attemptStarted();
        node.attemptEnded();
        return node;
    }

    @Benchmark
    public Picker update(Balanced of) {
        return of.update();
    }
}
