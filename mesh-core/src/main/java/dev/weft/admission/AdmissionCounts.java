package dev.weft.admission;

import dev.weft.call.Criticality;
import dev.weft.endpoint.Backlog;
import dev.weft.time.Time;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What there is to count of admission. Thread-safe. */
final class AdmissionCounts implements AutoCloseable {
    private final LongAdder tooLate = new LongAdder();
    private final LongAdder observed = new LongAdder();
    private final Map<Criticality, LongAdder> overloaded = new EnumMap<>(Criticality.class);
    private final List<Meter> meters = new ArrayList<>();
    private @Nullable MeterRegistry registry;

    AdmissionCounts() {
        for (Criticality criticality : Criticality.values()) {
            overloaded.put(criticality, new LongAdder());
        }
    }

    void tooLate() {
        tooLate.increment();
    }

    void observed() {
        observed.increment();
    }

    void overloaded(Criticality criticality) {
        Objects.requireNonNull(overloaded.get(criticality)).increment();
    }

    /** Called once, before the first request. */
    void publish(MeterRegistry registry, Backlog backlog, Time time) {
        this.registry = registry;
        meters.add(Gauge.builder("weft.server.requests", backlog, Backlog::waiting)
                .description("Requests that are being handled and have not been answered yet")
                .register(registry));
        meters.add(Gauge.builder("weft.server.limiting", backlog, b -> b.limiting(time.nanos()) ? 1 : 0)
                .description("1 while this process has more to do than it can, and refuses for it")
                .register(registry));
        meters.add(counter(registry, "late", "none", tooLate));
        overloaded.forEach(
                (criticality, count) -> meters.add(counter(registry, "overload", criticality.label(), count)));
        meters.add(FunctionCounter.builder("weft.server.observed", observed, LongAdder::sum)
                .description("Requests that were handled, observing, and would have been refused")
                .register(registry));
    }

    private static Meter counter(MeterRegistry registry, String reason, String criticality, LongAdder count) {
        return FunctionCounter.builder("weft.server.refused", count, LongAdder::sum)
                .description("Requests that were refused before the application saw them")
                .tag("reason", reason)
                .tag("criticality", criticality)
                .register(registry);
    }

    @Override
    public void close() {
        MeterRegistry published = registry;
        if (published != null) {
            meters.forEach(published::remove);
        }
    }
}
