package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.time.Time;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of balancer, with a bound on the load of a key, in every trouble there is. */
@Timeout(300)
class BalancersInTroubleTest {
    private static final long KEYS = 0x9E3779B97F4A7C15L;
    private static final double[] LIES = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        -1,
        0,
        Double.MIN_VALUE,
        1e-9,
        1e12,
        Double.MAX_VALUE
    };

    /** A process with one service; its monotonic clock is the test's, and it has no date. */
    private static final class World {
        final FakeTime clock;
        final Cluster cluster;
        final LongAdder underWay = new LongAdder();
        final SilentProber prober = new SilentProber();
        private final BalancerKind kind;
        private final Time time;
        private long calls;

        World(BalancerKind kind) {
            this(kind, new FakeTime());
        }

        World(BalancerKind kind, FakeTime clock) {
            this.kind = kind;
            this.clock = clock;
            this.time = new Dateless(clock);
            this.cluster = new Cluster("inventory", time);
        }

        Members members() {
            Tuning tuning = new Tuning(
                    Duration.ofSeconds(10).toNanos(),
                    new SlowStart(Duration.ofSeconds(1).toNanos()),
                    new Random(3),
                    1.25,
                    underWay,
                    ReportedWeights.BUILT_IN,
                    new Sounding.Asker(prober, Policy.builtIn("inventory"), time));
            return new Members(
                    cluster,
                    time,
                    new Random(2),
                    kind.balancer(tuning),
                    Pipeline.of(0.5),
                    new Spares(new Random(1)),
                    underWay);
        }

        /** Endpoints of those numbers and weights. */
        World serve(int from, int size, IntUnaryOperator weight) {
            cluster.endpoints(IntStream.range(from, from + size)
                    .mapToObj(i -> Endpoint.of("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256, 80)
                            .withWeight(weight.applyAsInt(i)))
                    .toList());
            return this;
        }

        World serve(int from, int size) {
            return serve(from, size, i -> 1);
        }

        Node node(int at) {
            return cluster.nodes().get(at);
        }

        /** Makes so many calls, one after the other and of keys of their own; how many each node got, all of the list. */
        Map<Node, Integer> calls(Members members, int number) {
            Map<Node, Integer> picked = new HashMap<>();
            for (int i = 0; i < number; i++) {
                clock.advance(Duration.ofMillis(1));
                Node node = begin(members, calls++ * KEYS);
                node.latency()
                        .observe(
                                5_000_000, clock.nanos(), Duration.ofSeconds(10).toNanos());
                end(node);
                picked.merge(node, 1, Integer::sum);
            }
            assertThat(cluster.nodes()).containsAll(picked.keySet());
            return picked;
        }

        Node begin(Members members, long hash) {
            Node node = Objects.requireNonNull(members.pick(MembersTest.attempt(clock), hash));
            members.started(node);
            return node;
        }

        void end(Node node) {
            node.attemptEnded();
            underWay.decrement();
        }
    }

    /** Whoever asks it for the date goes by a clock that somebody sets. */
    private record Dateless(FakeTime clock) implements Time {
        @Override
        public long nanos() {
            return clock.nanos();
        }

        @Override
        public Instant now() {
            throw new AssertionError("a balancer asks for the date");
        }

        @Override
        public Scheduled after(long delayNanos, Runnable task) {
            return clock.after(delayNanos, task);
        }

        @Override
        public void park(BooleanSupplier done, long untilNanos) {
            clock.park(done, untilNanos);
        }
    }

    /** Whatever speaks against all of them, the last is not ejected, and calls go on. */
    @ParameterizedTest
    @EnumSource
    void allEjected(BalancerKind kind) {
        for (int size = 1; size <= 5; size++) {
            World world = new World(kind).serve(0, size);
            Members members = world.members();
            world.cluster.ejections().allow(1);
            for (Node node : world.cluster.nodes()) {
                node.standing().condemn(1);
                world.cluster.ejections().eject(node, world.clock.nanos() + 1_000_000_000_000L, true);
            }
            assertThat(world.cluster.ejections().count()).isEqualTo(size - 1);
            world.calls(members, 200);
            world.cluster.ejections().allowNone();
            assertThat(world.calls(members, 2_000)).as("all are back").hasSize(size);
        }
    }

    /** Whatever two of ten say of their load, they get no more than ten times what another does, and all are called. */
    @ParameterizedTest
    @EnumSource
    void serversThatLie(BalancerKind kind) {
        for (double lie : LIES) {
            World world = new World(kind).serve(0, 10);
            Members members = world.members();
            Map<Node, Integer> picked = new HashMap<>();
            for (int i = 0; i < 200; i++) {
                for (int at = 0; at < 10; at++) {
                    double said = at < 2 ? lie : 0.5;
                    LoadReport report = new LoadReport(said, said, at < 2 ? lie : 100, 0, Map.of());
                    world.node(at).report(report, world.clock.nanos());
                }
                world.clock.advance(Duration.ofMillis(90));
                world.calls(members, 10).forEach((node, calls) -> picked.merge(node, calls, Integer::sum));
            }
            int liars = picked.getOrDefault(world.node(0), 0) + picked.getOrDefault(world.node(1), 0);
            assertThat(liars).as("of 2,000 calls, by %s", lie).isLessThan(2_000 * 20 / 28 + 100);
            assertThat(picked).as("by %s", lie).hasSizeGreaterThanOrEqualTo(8);
        }
    }

    /** None, one, two or ten thousand; all of one weight, none or the largest there is, or each beside others. */
    @ParameterizedTest
    @EnumSource
    void anyNumberOfAnyWeight(BalancerKind kind) {
        int[] weights = {0, 1, Endpoint.MAX_WEIGHT};
        World world = new World(kind);
        Members members = world.members();
        for (int size : new int[] {0, 1, 2, 10_000}) {
            for (int weight : weights) {
                for (boolean alike : new boolean[] {true, false}) {
                    world.serve(0, size, i -> alike || i % 2 == 0 ? weight : weights[i % 3]);
                    if (size == 0) {
                        assertThat(members.pick(MembersTest.attempt(world.clock), 7))
                                .isNull();
                        assertThat(members.pick(MembersTest.attempt(world.clock)))
                                .isNull();
                        continue;
                    }
                    boolean none = world.cluster.nodes().stream()
                            .allMatch(node -> node.endpoint().weight() == 0);
                    assertThat(world.calls(members, 200).keySet())
                            .allMatch(node -> none || node.endpoint().weight() > 0);
                }
            }
        }
        assertThat(world.underWay.sum()).isZero();
    }

    /** The monotonic clock begins anywhere and wraps around, and a process may stand still: all are called all the same. */
    @ParameterizedTest
    @EnumSource
    void clockThatJumps(BalancerKind kind) {
        FakeTime clock = new FakeTime(Instant.EPOCH, Long.MAX_VALUE - 1_000_000_000);
        World world = new World(kind, clock).serve(0, 10);
        Members members = world.members();
        for (Duration jump : List.of(Duration.ZERO, Duration.ofSeconds(2), Duration.ofHours(3), Duration.ofDays(400))) {
            clock.stall(jump);
            assertThat(world.calls(members, 1_000)).as("after %s", jump).hasSize(10);
        }
    }

    /** No question is ever answered: each is given up, only so many wait, and calls go on to all. */
    @ParameterizedTest
    @EnumSource
    void probesThatNobodyAnswers(BalancerKind kind) {
        World world = new World(kind).serve(0, 500);
        Members members = world.members();
        for (int i = 0; i < 5_000; i++) {
            world.calls(members, 1);
            assertThat(world.prober.asked.get() - world.prober.givenUp.get())
                    .as("questions that wait")
                    .isLessThanOrEqualTo(64);
        }
        world.clock.advance(Duration.ofSeconds(2));
        assertThat(world.prober.givenUp).as("questions given up").hasValue(world.prober.asked.get());
        assertThat(world.prober.asked.get() > 0).isEqualTo(kind.asksLoad());
        assertThat(world.clock.pending()).as("timers").isZero();
        assertThat(world.calls(members, 10_000)).hasSizeGreaterThan(kind.byKey() ? 300 : 490);
    }

    /** Keys of a megabyte that differ in their last letter only are keys like others: each has its node, and not all one. */
    @ParameterizedTest
    @EnumSource
    void keysOfAMegabyte(BalancerKind kind) {
        World world = new World(kind).serve(0, 10);
        Members members = world.members();
        String key = "k".repeat(1_000_000);
        Map<Node, Integer> picked = new HashMap<>();
        for (char last = 'a'; last < 'a' + 50; last++) {
            long hash = XxHash64.of(key + last, 0);
            Node first = world.begin(members, hash);
            world.end(first);
            Node again = world.begin(members, hash);
            world.end(again);
            picked.merge(first, 1, Integer::sum);
            assertThat(kind.byKey() ? again : first).isSameAs(first);
        }
        assertThat(picked).hasSizeGreaterThan(5);
    }

    /** Half a minute of a list that changes every 100 ms, to addresses that never come again, with calls under way all the time. */
    @ParameterizedTest
    @EnumSource
    void listThatChurns(BalancerKind kind) {
        Random random = new Random(5);
        World world = new World(kind).serve(0, 10);
        Members members = world.members();
        world.cluster.ejections().allow(0.5);
        Deque<Node> underWay = new ArrayDeque<>();
        List<WeakReference<Node>> seen = new ArrayList<>();
        for (int change = 0; change < 300; change++) {
            world.serve(5 * change, 1 + random.nextInt(20));
            List<Node> nodes = world.cluster.nodes();
            nodes.forEach(node -> seen.add(new WeakReference<>(node)));
            Node sick = nodes.get(random.nextInt(nodes.size()));
            world.cluster.ejections().eject(sick, world.clock.nanos() + 250_000_000, false);
            for (int i = 0; i < 20; i++) {
                world.clock.advance(Duration.ofMillis(5));
                Node node = world.begin(members, random.nextLong());
                assertThat(nodes).contains(node);
                underWay.add(node);
                if (underWay.size() > 40) {
                    Node done = underWay.remove();
                    done.latency().observe(1_000_000, world.clock.nanos(), 1_000_000);
                    world.end(done);
                }
            }
        }
        underWay.forEach(world::end);
        underWay.clear();
        world.clock.advance(Duration.ofSeconds(2));
        assertThat(world.underWay.sum()).isZero();
        assertThat(world.clock.pending()).as("timers").isZero();
        assertThat(left(seen, world.cluster))
                .as("nodes that left, and are kept")
                .isZero();
        world.serve(0, 0);
        assertThat(world.cluster.ejections().count()).isZero();
        assertThat(members.pick(MembersTest.attempt(world.clock), 7)).isNull();
    }

    private static long left(List<WeakReference<Node>> seen, Cluster cluster) {
        long left = Long.MAX_VALUE;
        for (int i = 0; i < 10 && left > 0; i++) {
            System.gc();
            left = seen.stream()
                    .map(WeakReference::get)
                    .filter(Objects::nonNull)
                    .peek(node -> assertThat(node.inFlight()).isZero())
                    .filter(node -> !cluster.nodes().contains(node))
                    .count();
        }
        return left;
    }
}
