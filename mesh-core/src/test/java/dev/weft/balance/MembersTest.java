package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.StillWire;
import dev.weft.testkit.Threads;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The picker of a service under whatever befalls its list. */
class MembersTest {
    private static final int[] SIZES = {0, 1, 2, 3, 17, 10_000};

    private static final List<Health> HEALTHS = List.of(Health.values());

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);

    private Members members(BalancerKind kind, long slowStartNanos, Random random) {
        return new Members(
                cluster,
                time,
                new Random(2),
                kind.balancer(new Tuning(Duration.ofSeconds(10).toNanos(), new SlowStart(slowStartNanos), random)),
                Pipeline.of(0.5),
                new Spares(new Random(1)),
                null);
    }

    /** Picks each node in its turn. */
    static Members inTurn(Cluster cluster, Time time, @Nullable LongAdder underWay) {
        return new Members(
                cluster,
                time,
                new Random(2),
                BalancerKind.ROUND_ROBIN.balancer(new Tuning(1_000_000_000, new SlowStart(0), new Random(1))),
                Pipeline.of(0.5),
                new Spares(new Random(1)),
                underWay);
    }

    static Call call(FakeTime time) {
        return new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root());
    }

    static Call attempt(FakeTime time) {
        return call(time).newAttempt();
    }

    private Call call() {
        return call(time);
    }

    static Endpoint endpoint(int i) {
        return Endpoint.of("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256, 80);
    }

    private static List<Endpoint> anyEndpoints(Random random) {
        int size = SIZES[random.nextInt(SIZES.length)];
        int shape = random.nextInt(4);
        return IntStream.range(0, size)
                .mapToObj(i -> {
                    Endpoint endpoint = endpoint(random.nextInt(3) == 0 ? i + 20_000 : i);
                    return switch (shape) {
                        case 0 -> endpoint;
                        case 1 -> endpoint.withWeight(random.nextInt(3));
                        case 2 -> endpoint.withWeight(random.nextBoolean() ? 0 : random.nextInt(65_536));
                        default ->
                            endpoint.withHealth(HEALTHS.get(random.nextInt(HEALTHS.size())))
                                    .withWeight(random.nextInt(2));
                    };
                })
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void whateverTheListPicksAreOfThoseWhoMayBePickedAndNoneIsTriedTwiceInVain(BalancerKind kind) {
        Random random = new Random(23);
        Members members = members(kind, random.nextBoolean() ? 0 : 1_000_000_000, random);
        cluster.ejections().allow(0.3);
        for (int round = 0; round < 40; round++) {
            cluster.endpoints(anyEndpoints(random));
            List<Node> nodes = cluster.nodes();
            for (int i = 0; i < Math.min(20, nodes.size()); i++) {
                Node node = nodes.get(random.nextInt(nodes.size()));
                cluster.ejections().eject(node, time.nanos() + 1_000_000_000, false);
                nodes.get(random.nextInt(nodes.size())).latency().observe(random.nextInt(), time.nanos(), 1_000);
            }
            Set<Node> may = new HashSet<>(Candidates.of(nodes, 0.5).nodes());
            for (int i = 0; i < 20; i++) {
                Call call = call();
                Set<Node> tried = new HashSet<>();
                for (int attempt = 0; attempt < Math.min(4, Math.max(1, may.size())); attempt++) {
                    Call next = call.newAttempt();
                    Node node = members.pick(next);
                    assertThat(node == null).isEqualTo(may.isEmpty());
                    if (node != null) {
                        assertThat(may).contains(node);
                        assertThat(tried.add(node)).as("tried before").isTrue();
                        next.node(node);
                    }
                }
            }
            time.advance(Duration.ofMillis(random.nextInt(900)));
            // So that no probe is due when the next list is picked from.
            cluster.ejections().allowNone();
            cluster.ejections().allow(0.3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void picksGoOnWhileTheListChangesAndThenAreOfTheLastOne(BalancerKind kind) {
        cluster.endpoints(IntStream.range(0, 50).mapToObj(MembersTest::endpoint).toList());
        cluster.ejections().allow(0.1);
        Members members = members(kind, 0, new Random(1));
        Set<String> known =
                IntStream.range(0, 60).mapToObj(i -> endpoint(i).address()).collect(Collectors.toSet());
        AtomicBoolean over = new AtomicBoolean();

        Threads.atOnce(4, thread -> {
            Random random = new Random(thread);
            if (thread > 0) {
                while (!over.get()) {
                    Call attempt = call().newAttempt();
                    Node node = Objects.requireNonNull(members.pick(attempt));
                    assertThat(known).contains(node.address());
                    node.attemptStarted();
                    node.latency().observe(random.nextInt(1_000_000), time.nanos(), 1_000_000);
                    node.attemptEnded();
                    if (random.nextInt(20) == 0) {
                        cluster.ejections().eject(node, time.nanos(), false);
                    } else if (node.standing().ejected()) {
                        cluster.ejections().readmit(node);
                    }
                }
            } else {
                for (int i = 0; i < 300; i++) {
                    cluster.endpoints(random.ints(1 + random.nextInt(50), 0, 60)
                            .mapToObj(MembersTest::endpoint)
                            .toList());
                }
                over.set(true);
            }
        });

        cluster.endpoints(List.of(endpoint(7), endpoint(8), endpoint(9)));
        // What came while another was built is built by a timer.
        time.advance(Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            assertThat(cluster.nodes()).contains(members.pick(call().newAttempt()));
        }
        assertThat(cluster.nodes()).allMatch(node -> node.inFlight() == 0);
    }

    @Test
    void whatHasEndedIsUnderWayNoMore() {
        LongAdder underWay = new LongAdder();
        cluster.endpoints(List.of(endpoint(1)));
        Members members = inTurn(cluster, time, underWay);
        Call attempt = attempt(time);
        Node node = Objects.requireNonNull(members.pick(attempt));
        members.started(node);
        assertThat(underWay.sum()).isEqualTo(node.inFlight()).isOne();
        members.ended(attempt, node, new StillWire());
        assertThat(underWay.sum()).isEqualTo(node.inFlight()).isZero();
    }

    @Test
    void oneOfManyEndpointsChangesAndThePickerIsBuiltOnceFromTheSameNodes() {
        List<List<Node>> built = new ArrayList<>();
        List<Endpoint> endpoints = new ArrayList<>(
                IntStream.range(0, 5_000).mapToObj(MembersTest::endpoint).toList());
        cluster.endpoints(endpoints);
        Members members = new Members(
                cluster,
                time,
                new Random(2),
                shares -> {
                    List<Node> nodes = shares.stream().map(Share::node).toList();
                    built.add(nodes);
                    return (attempt, now) -> nodes.get(0);
                },
                Pipeline.of(0.5),
                new Spares(new Random(1)),
                null);
        assertThat(members.pick(call().newAttempt())).isNotNull();
        assertThat(built).hasSize(1);

        endpoints.set(17, endpoints.get(17).withWeight(5));
        cluster.endpoints(endpoints);
        cluster.endpoints(new ArrayList<>(endpoints));

        assertThat(built).hasSize(2);
        assertThat(built.get(1)).containsExactlyElementsOf(built.get(0));
    }

    @Test
    @Timeout(60)
    void changesThatComeWhileOneIsBuiltHoldNobodyUpAndAreBuiltAtOnceAfterIt() {
        cluster.endpoints(IntStream.range(0, 10).mapToObj(MembersTest::endpoint).toList());
        cluster.ejections().allow(1);
        CountDownLatch building = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(1);
        List<List<Node>> built = new CopyOnWriteArrayList<>();
        Members members = new Members(
                cluster,
                time,
                new Random(2),
                shares -> {
                    built.add(shares.stream().map(Share::node).toList());
                    if (built.size() == 2) {
                        building.countDown();
                        await(others);
                    }
                    return (attempt, now) -> shares.get(0).node();
                },
                Pipeline.of(0.1),
                new Spares(new Random(1)),
                null);
        List<Node> nodes = cluster.nodes();

        Threads.atOnce(2, thread -> {
            if (thread == 0) {
                eject(nodes.get(0));
                return;
            }
            await(building);
            for (int i = 1; i < 5; i++) {
                eject(nodes.get(i));
            }
            others.countDown();
        });

        assertThat(built).as("so far").hasSize(2);
        assertThat(time.pending()).isOne();
        time.advance(Duration.ZERO);
        assertThat(built).hasSize(3);
        assertThat(built.get(2)).containsExactlyElementsOf(nodes.subList(5, 10));
        assertThat(members.pick(attempt(time))).isSameAs(nodes.get(5));
        assertThat(time.pending()).isZero();
    }

    private void eject(Node node) {
        assertThat(cluster.ejections().eject(node, time.nanos() + 1_000_000_000, true))
                .isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aBalancerThatThrowsLeavesTheLastPickerInUseAndSparesWhoToldOfTheChange() {
        cluster.endpoints(List.of(endpoint(1)));
        AtomicBoolean broken = new AtomicBoolean();
        Members members = new Members(
                cluster,
                time,
                new Random(2),
                shares -> {
                    if (broken.get()) {
                        throw new IllegalStateException("a bug in a balancer");
                    }
                    return (attempt, now) -> shares.get(0).node();
                },
                Pipeline.of(0.5),
                new Spares(new Random(1)),
                null);
        broken.set(true);
        cluster.endpoints(List.of(endpoint(1), endpoint(2)));
        assertThat(members.pick(call().newAttempt())).isSameAs(cluster.nodes().get(0));
    }
}
