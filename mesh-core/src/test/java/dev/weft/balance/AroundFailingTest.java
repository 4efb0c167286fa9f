package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Half of the endpoints fail: whom a call is sent to, and whom one that has failed at one of them. */
class AroundFailingTest {
    private static final int SIZE = 10;
    private static final int CALLS = 500;

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);

    private Members members(BalancerKind kind) {
        return members(kind, SIZE);
    }

    private Members members(BalancerKind kind, int size) {
        cluster.endpoints(IntStream.range(0, size)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
        return members(kind, Pipeline.of(0.5));
    }

    private Members members(BalancerKind kind, Pipeline pipeline) {
        return new Members(
                cluster,
                time,
                new Random(2),
                kind.balancer(new Tuning(Duration.ofSeconds(10).toNanos(), new SlowStart(0), new Random(3))),
                pipeline,
                new Spares(new Random(1)),
                null);
    }

    private void fail(List<Node> nodes) {
        nodes.forEach(node -> node.faltered(true, time.nanos()));
        // However long ago.
        time.advance(Duration.ofSeconds(20));
    }

    private static Node pick(Members members, Call attempt) {
        Node node = Objects.requireNonNull(members.pick(attempt));
        attempt.node(node);
        return node;
    }

    @ParameterizedTest
    @EnumSource
    void isNoneThatFailedLastWhileThereIsAnother(BalancerKind kind) {
        Members members = members(kind);
        List<Node> bad = cluster.nodes().subList(0, SIZE / 2);
        fail(bad);
        int first = 0;
        for (int i = 0; i < CALLS; i++) {
            Call call = MembersTest.call(time);
            first += bad.contains(pick(members, call.newAttempt())) ? 1 : 0;
            assertThat(bad).doesNotContain(pick(members, call.newAttempt()));
        }
        assertThat(first).as("first tries show how they are by now").isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void isOneThatWasNotAskedWhereAllFailed(BalancerKind kind) {
        Members members = members(kind);
        fail(cluster.nodes());
        for (int i = 0; i < CALLS; i++) {
            Call call = MembersTest.call(time);
            Node first = pick(members, call.newAttempt());
            assertThat(pick(members, call.newAttempt())).isNotSameAs(first);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isNowAndThenOneThatWasFoundBadWhileThatIsInVain(BalancerKind kind) {
        Members members = members(kind);
        List<Node> bad = cluster.nodes().subList(0, SIZE / 2);
        fail(bad);
        bad.forEach(node -> node.standing().condemn(1));
        int trials = 0;
        for (int i = 0; i < CALLS; i++) {
            time.advance(Duration.ofMillis(2));
            if (bad.contains(pick(members, MembersTest.call(time).newAttempt()))) {
                trials++;
                cluster.ejections().triedInVain(time.nanos());
            }
        }
        // Ten at once, one for the second that it takes, and one in ten that were turned away.
        assertThat(trials).isBetween(10, 20);
    }

    /** They may be of one place, and that has failed. */
    @Test
    void isFoundThoughManyThatFailedAreNextToEachOther() {
        Members members = members(BalancerKind.RANDOM, 200);
        List<Node> bad = cluster.nodes().subList(0, 150);
        fail(bad);
        int again = 0;
        for (int i = 0; i < CALLS; i++) {
            Call call = MembersTest.call(time);
            pick(members, call.newAttempt());
            again += bad.contains(pick(members, call.newAttempt())) ? 1 : 0;
        }
        // Two picks and sixteen more, of which a quarter is well.
        assertThat((double) again / CALLS).isLessThan(0.03);
    }

    /** All of the caller's own zone owe an answer, and nobody's last answer was a failure. */
    @Test
    void isOneOfAnotherZoneWhereTheOwnIsInTrouble() {
        cluster.endpoints(IntStream.range(0, 12)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80).withZone("abc".substring(i / 4, i / 4 + 1)))
                .toList());
        Members members = members(
                BalancerKind.PEAK_EWMA,
                new Pipeline(0.5, new Ranking("a", List.of()), new Zones("a", Map.of(), new Usual(time)), Subset.OFF));
        List<Node> own = cluster.nodes().subList(0, 4);
        for (int i = 0; i < 3; i++) {
            time.advance(Duration.ofMillis(20));
            own.forEach(node -> node.standing().strikeLate(time.nanos()));
        }
        for (int i = 0; i < CALLS; i++) {
            Call call = MembersTest.call(time);
            assertThat(own).contains(pick(members, call.newAttempt()));
            assertThat(own).doesNotContain(pick(members, call.newAttempt()));
        }
        own.forEach(node -> node.avoidUntil(time.nanos() + 1));
        for (int i = 0; i < CALLS; i++) {
            assertThat(own).doesNotContain(pick(members, MembersTest.call(time).newAttempt()));
        }
    }

    @Test
    void isNoneBeyondTheSubset() {
        cluster.endpoints(IntStream.range(0, SIZE)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
        Members members = members(BalancerKind.PEAK_EWMA, Pipeline.of(0.5, new Rendezvous(4, 7)));
        Set<Node> used = new HashSet<>();
        for (int i = 0; i < CALLS; i++) {
            used.add(pick(members, MembersTest.call(time).newAttempt()));
        }
        fail(List.copyOf(used));
        for (int i = 0; i < CALLS; i++) {
            Call call = MembersTest.call(time);
            used.add(pick(members, call.newAttempt()));
            used.add(pick(members, call.newAttempt()));
        }
        assertThat(used).hasSize(4);
    }
}
