package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Cluster;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import dev.weft.stack.Gauges.Gauge;
import dev.weft.stack.ServiceState;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BreakerLayerTest {
    private final FakeTime time = new FakeTime();
    private final ServiceState state = new ServiceState();
    private final Fit<String> fit = new Fit<>(
            Policy.builtIn("inventory"),
            new Cluster("inventory", time),
            new ScriptedWire<>("well"),
            time,
            new Random(1),
            state);

    @Test
    @Timeout(60)
    void figuresOfABreakerThatNoChainUsesUnderTheNewPolicyAreNoNumberAnyMore() {
        List<Gauge> gauges = new ArrayList<>();
        state.gauges().watch(gauges::add);
        new BreakerLayer().filter(fit);
        assertThat(gauges).hasSize(2).allMatch(gauge -> !Double.isNaN(gauge.value()));

        state.renew();

        while (!Double.isNaN(gauges.get(0).value()) && !Thread.currentThread().isInterrupted()) {
            System.gc();
        }
        assertThat(gauges).allMatch(gauge -> Double.isNaN(gauge.value()));
        new BreakerLayer().filter(fit);
        assertThat(gauges).hasSize(2).noneMatch(gauge -> Double.isNaN(gauge.value()));
    }
}
