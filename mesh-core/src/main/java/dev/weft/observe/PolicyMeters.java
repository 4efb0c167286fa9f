package dev.weft.observe;

import dev.weft.policy.PolicyRevision;
import dev.weft.policy.PolicyStatus;
import dev.weft.policy.PolicyStore;
import dev.weft.stack.Meters;
import dev.weft.time.Time;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How it stands with the shared policy, as metrics: an alarm on {@code refused} or {@code stale} wants no more. */
public final class PolicyMeters implements AutoCloseable {
    private static final double MILLIS_PER_SECOND = 1e3;

    private final Meters meters;
    private final Counter refusals;
    /** Confined to the source's thread. */
    private @Nullable String lastRefused;

    /** Publishes what becomes of that store's policy. */
    public PolicyMeters(MeterRegistry registry, PolicyStore policies, Time time) {
        this.meters = new Meters(registry);
        for (PolicyStatus.State state : PolicyStatus.State.values()) {
            meters.gauge(
                    "weft.policy.state",
                    "1 for the state that the shared policy is in, 0 for the others",
                    () -> policies.status().state() == state ? 1 : 0,
                    Tags.of("state", state.name().toLowerCase(Locale.ROOT)));
        }
        meters.seconds(
                "weft.policy.state.age",
                "How long it has been in this state",
                () -> age(policies.status(), time),
                Tags.empty());
        refusals = meters.counter("weft.policy.refusals", "Policy texts that were refused", Tags.empty());
        policies.onStatus(this::count);
    }

    private static double age(PolicyStatus status, Time time) {
        return Math.max(0, Duration.between(status.since(), time.now()).toMillis()) / MILLIS_PER_SECOND;
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
        meters.close();
    }
}
