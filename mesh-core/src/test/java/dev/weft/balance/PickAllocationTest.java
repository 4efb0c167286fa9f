package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.policy.Policy;
import dev.weft.testkit.Allocation;
import dev.weft.time.Chance;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PickAllocationTest {
    private static final int PICKS = 10_000;

    @ParameterizedTest
    @EnumSource
    void pickingAllocatesNothing(BalancerKind kind) {
        Time time = Time.system();
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.range(0, 1_000)
                .mapToObj(i -> Endpoint.of("10.0." + i / 250 + "." + i % 250, 80))
                .toList());
        cluster.nodes().forEach(node -> node.latency().observe(1_000_000 + node.hashCode() % 1_000, time.nanos(), 1));
        Picker picker = kind.balancer(new Tuning(10_000_000_000L, new SlowStart(0), Chance.perThread()))
                .picker(Share.of(cluster.nodes()));
        Call attempt =
                new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root()).newAttempt();
        long now = time.nanos();
        // What is left is the measuring itself.
        assertThat(Allocation.bytesEach(PICKS, () -> picker.pick(attempt, now))).isLessThan(0.1);
    }
}
