package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kind of balancer where nobody is well, where servers lie and where the list does not stand still. */
class BalancersInTroubleTest {
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

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);

    private Members members(BalancerKind kind) {
        return new Members(
                cluster,
                time,
                new Random(2),
                kind.balancer(new Tuning(Duration.ofSeconds(10).toNanos(), new SlowStart(0), new Random(3))),
                Pipeline.of(0.5),
                new Spares(new Random(1)),
                null);
    }

    private void serve(int from, int size) {
        cluster.endpoints(IntStream.range(from, from + size)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
    }

    private Node pick(Members members) {
        return Objects.requireNonNull(members.pick(MembersTest.attempt(time)));
    }

    /** Whatever speaks against all of them, the last is not ejected, and calls go somewhere. */
    @ParameterizedTest
    @EnumSource
    void whereAllAreFoundSickOneStaysAndCallsGoOn(BalancerKind kind) {
        for (int size = 1; size <= 5; size++) {
            serve(0, size);
            Members members = members(kind);
            cluster.ejections().allow(1);
            for (Node node : cluster.nodes()) {
                node.standing().condemn();
                cluster.ejections().eject(node, time.nanos() + 1_000_000_000_000L, true);
            }
            assertThat(cluster.ejections().count()).isEqualTo(size - 1);
            for (int i = 0; i < 200; i++) {
                assertThat(cluster.nodes()).contains(pick(members));
            }
            cluster.ejections().allowNone();
            assertThat(cluster.ejections().count()).isZero();
        }
    }

    /** Whatever two of ten say of their load, they get no more than ten times what another does. */
    @ParameterizedTest
    @EnumSource
    void serversThatLieOfTheirLoadDrawNoFloodAndBreakNothing(BalancerKind kind) {
        for (double lie : LIES) {
            serve(0, 10);
            Members members = members(kind);
            Map<Node, Integer> picked = new HashMap<>();
            for (int i = 0; i < 2_000; i++) {
                for (Node node : cluster.nodes()) {
                    boolean lies = cluster.nodes().indexOf(node) < 2;
                    node.report(
                            new LoadReport(lies ? lie : 0.5, lies ? lie : 0.5, lies ? lie : 100, 0, Map.of()),
                            time.nanos());
                }
                time.advance(Duration.ofMillis(10));
                Call attempt = MembersTest.attempt(time);
                // Keys of their own, for the kinds that go by them.
                Node node = Objects.requireNonNull(members.pick(attempt, i * 0x9E3779B97F4A7C15L));
                picked.merge(node, 1, Integer::sum);
            }
            int liars = cluster.nodes().subList(0, 2).stream()
                    .mapToInt(node -> picked.getOrDefault(node, 0))
                    .sum();
            assertThat(liars).as("of 2,000 calls, by %s", lie).isLessThan(2_000 * 20 / 28 + 100);
            assertThat(picked.keySet().size()).as("others are called, too").isGreaterThanOrEqualTo(8);
            cluster.endpoints(List.of());
        }
    }

    /** A minute of a list that changes every 100 ms, with calls under way all the time. */
    @ParameterizedTest
    @EnumSource
    void aListThatChangesTenTimesASecondUnderLoadLeavesNothingBehind(BalancerKind kind) {
        Random random = new Random(5);
        serve(0, 10);
        Members members = members(kind);
        cluster.ejections().allow(0.5);
        Deque<Node> underWay = new ArrayDeque<>();
        List<Node> seen = new ArrayList<>();
        for (int change = 0; change < 600; change++) {
            serve(random.nextInt(20), 1 + random.nextInt(20));
            seen.addAll(cluster.nodes());
            cluster.ejections()
                    .eject(
                            cluster.nodes().get(random.nextInt(cluster.nodes().size())),
                            time.nanos() + 250_000_000,
                            false);
            for (int i = 0; i < 20; i++) {
                time.advance(Duration.ofMillis(5));
                Node node = pick(members);
                assertThat(cluster.nodes()).contains(node);
                members.started(node);
                underWay.add(node);
                if (underWay.size() > 40) {
                    Node done = underWay.remove();
                    done.latency().observe(1_000_000, time.nanos(), 1_000_000);
                    done.attemptEnded();
                }
            }
        }
        underWay.forEach(Node::attemptEnded);
        assertThat(seen).allMatch(node -> node.inFlight() == 0);
        assertThat(seen).filteredOn(node -> !cluster.nodes().contains(node)).allMatch(Node::removed);
        serve(0, 0);
        assertThat(cluster.ejections().count()).isZero();
        assertThat(members.pick(MembersTest.attempt(time))).isNull();
    }
}
