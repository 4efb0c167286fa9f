package dev.weft.observe;

import dev.weft.call.Filter;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/** Micrometer metrics of calls, attempts and what the other layers show of themselves. Absent without a registry. */
public final class MetricsLayer implements Stackable {
    private final @Nullable MeterRegistry registry;
    private final boolean buckets;
    private final boolean attempts;

    private MetricsLayer(@Nullable MeterRegistry registry, boolean buckets, boolean attempts) {
        this.registry = registry;
        this.buckets = buckets;
        this.attempts = attempts;
    }

    /**
     * For the slot METRICS.
     *
     * @param registry null for no metrics
     * @param buckets whether durations are kept in buckets, from which percentiles can be told, or only summed up
     */
    public static MetricsLayer ofCalls(@Nullable MeterRegistry registry, boolean buckets) {
        return new MetricsLayer(registry, buckets, false);
    }

    /** For the slot ATTEMPT; as {@link #ofCalls}. */
    public static MetricsLayer ofAttempts(@Nullable MeterRegistry registry, boolean buckets) {
        return new MetricsLayer(registry, buckets, true);
    }

    @Override
    public String name() {
        return "metrics";
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        MeterRegistry into = registry;
        if (into == null) {
            return null;
        }
        ServiceMeters meters = fit.keep("metrics", "", () -> new ServiceMeters(into, buckets, fit.cluster()));
        meters.publish(fit.state().gauges());
        return attempts ? new AttemptMetrics<>(fit, meters) : new CallMetrics<>(fit, meters);
    }
}
