package dev.weft.quickstart.stage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** What Weft's own metrics tell, as any dashboard would read them. Thread-safe. */
public final class Figures {
    private final MeterRegistry registry;

    Figures(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Attempts beyond the first of their call, since the day began. */
    public long retries(String service) {
        return Math.round(registry.find("weft.client.retries").tag("service", service).counters().stream()
                .mapToDouble(Counter::count)
                .sum());
    }

    /** Retries that could be made now. */
    public long budget(String service) {
        return (long) gauge("weft.client.retry.budget", service);
    }

    /** {@code closed}, {@code open}, {@code half open}; {@code observing} where it refuses nothing. */
    public String breaker(String service) {
        return switch ((int) gauge("weft.client.breaker.state", service)) {
            case 0 -> "closed";
            case 1 -> "open";
            case 2 -> "half open";
            default -> "observing";
        };
    }

    private double gauge(String name, String service) {
        Gauge gauge = registry.find(name).tag("service", service).gauge();
        return gauge == null ? 0 : gauge.value();
    }
}
