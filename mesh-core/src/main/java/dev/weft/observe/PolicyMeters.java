package dev.weft.observe;

import dev.weft.policy.PolicyRevision;
import dev.weft.policy.PolicyStatus;
import dev.weft.policy.PolicyStore;
import dev.weft.time.Time;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How it stands with the shared policy, as metrics: an alarm on {@code refused} or {@code stale} wants no more. */
public final class PolicyMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    private final Counter refusals;
    /** Confined to the source's thread. */
    private @Nullable String lastRefused;

    /** Publishes what becomes of that store's policy. */
    public PolicyMeters(MeterRegistry registry, PolicyStore policies, Time time) {
        this.registry = registry;
        for (PolicyStatus.State state : PolicyStatus.State.values()) {
            meters.add(
                    Gauge.builder("weft.policy.state", () -> policies.status().state() == state ? 1 : 0)
                            .description("1 for the state that the shared policy is in, 0 for the others")
                            .tag("state", state.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        meters.add(TimeGauge.builder("weft.policy.state.age", () -> age(policies.status(), time), TimeUnit.MILLISECONDS)
                .description("How long it has been in this state")
                .register(registry));
        refusals = Counter.builder("weft.policy.refusals")
                .description("Policy texts that were refused")
                .register(registry);
        meters.add(refusals);
        policies.onStatus(this::count);
    }

    private static long age(PolicyStatus status, Time time) {
        return Math.max(0, Duration.between(status.since(), time.now()).toMillis());
    }

    private void count(PolicyStatus status) {
        PolicyRevision refused = status.refused();
        String hash = refused == null ? null : refused.hash();
        if (hash != null && !hash.equals(lastRefused)) {
            refusals.increment();
        }
        lastRefused = hash;
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
    }
}
