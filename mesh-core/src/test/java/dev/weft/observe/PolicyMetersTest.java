package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.policy.ApplicationPolicy;
import dev.weft.policy.PolicySource;
import dev.weft.policy.PolicyStore;
import dev.weft.policy.PolicyText;
import dev.weft.policy.Settings;
import dev.weft.testkit.FakeTime;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PolicyMetersTest {
    private static final String GOOD = "weft: 1\n";

    private final FakeTime time = new FakeTime();
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicReference<PolicySource.Listener> source = new AtomicReference<>();
    private final PolicyStore store = store();
    private final PolicyMeters meters = new PolicyMeters(registry, store, time);

    private PolicyStore store() {
        Settings settings = Settings.of(List.of(LogLayer.SUCCESSES));
        return new PolicyStore(settings, ApplicationPolicy.builder(settings).build(), time);
    }

    private void start() {
        store.start(
                new PolicySource() {
                    @Override
                    public String name() {
                        return "test";
                    }

                    @Override
                    public void start(Listener listener) {
                        source.set(listener);
                    }

                    @Override
                    public void close() {}
                },
                null);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private PolicySource.Listener listener() {
        return Objects.requireNonNull(source.get(), "not started");
    }

    private void says(String text) {
        listener().text(new PolicyText("test", text.getBytes(StandardCharsets.UTF_8), 0));
    }

    private double state(String state) {
        return registry.get("weft.policy.state").tag("state", state).gauge().value();
    }

    private double refusals() {
        return registry.get("weft.policy.refusals").counter().count();
    }

    @Test
    void theStateIsTheOneThatIsOne() {
        start();
        assertThat(state("none")).isEqualTo(1);
        says(GOOD);
        assertThat(state("applied")).isEqualTo(1);
        assertThat(state("none")).isZero();
        listener().failed("away");
        assertThat(state("stale")).isEqualTo(1);
    }

    @Test
    void eachRefusedTextIsCountedOnce() {
        start();
        says("nonsense: 1\n");
        says("nonsense: 1\n");
        listener().failed("away");
        says("nonsense: 1\n");
        assertThat(refusals()).isEqualTo(1);
        says("nonsense: 2\n");
        assertThat(refusals()).isEqualTo(2);
        says(GOOD);
        says("nonsense: 2\n");
        assertThat(refusals()).isEqualTo(3);
        assertThat(state("refused")).isEqualTo(1);
    }

    @Test
    void theAgeOfTheStateIsTold() {
        start();
        says(GOOD);
        time.advance(Duration.ofMinutes(5));
        assertThat(registry.get("weft.policy.state.age").timeGauge().value(TimeUnit.SECONDS))
                .isEqualTo(300);
    }

    @Test
    void whenTheMeshClosesTheyLeave() {
        meters.close();
        assertThat(registry.getMeters()).isEmpty();
    }
}
