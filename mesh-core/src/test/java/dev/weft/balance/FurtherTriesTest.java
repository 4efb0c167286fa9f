package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Half of the endpoints fail: whom a call is sent to that has failed at one of them. */
class FurtherTriesTest {
    private static final int SIZE = 10;
    private static final int CALLS = 500;

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);

    private Members members(BalancerKind kind) {
        cluster.endpoints(IntStream.range(0, SIZE)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
        return new Members(
                cluster,
                time,
                new Random(2),
                kind.balancer(new Tuning(Duration.ofSeconds(10).toNanos(), new SlowStart(0), new Random(3))),
                Pipeline.of(0.5),
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
}
