package dev.weft.admission;

import dev.weft.call.Criticality;
import dev.weft.endpoint.Backlog;
import dev.weft.stack.Meters;
import dev.weft.time.Time;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What there is to count of admission. Thread-safe. */
final class AdmissionCounts implements AutoCloseable {
    private final LongAdder tooLate = new LongAdder();
    private final LongAdder observed = new LongAdder();
    private final Map<Criticality, LongAdder> overloaded = new EnumMap<>(Criticality.class);
    private @Nullable Meters meters;

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
        Meters shown = new Meters(registry);
        shown.gauge(
                "weft.server.requests",
                "Requests that are being handled and have not been answered yet",
                backlog::waiting,
                Tags.empty());
        shown.gauge(
                "weft.server.limiting",
                "1 while this process has more to do than it can, and refuses for it, or would, observing",
                () -> backlog.limiting(time.nanos()) ? 1 : 0,
                Tags.empty());
        shown.refused("late", "none", tooLate);
        overloaded.forEach((criticality, count) -> shown.refused("overload", criticality.label(), count));
        shown.count(
                "weft.server.observed",
                "Requests that were handled, observing, and would have been refused",
                observed::sum,
                Tags.empty());
        meters = shown;
    }

    @Override
    public void close() {
        Meters shown = meters;
        if (shown != null) {
            shown.close();
        }
    }
}
