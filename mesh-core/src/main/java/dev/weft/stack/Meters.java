package dev.weft.stack;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What one part of a mesh shows in a registry, until it is closed. Meshes that share a registry share the meters of one
 * name and tags: what is counted is the sum of all, and never goes back; a gauge shows the mesh that has been there
 * longest. A meter leaves the registry with the last who shows something through it. Thread-safe.
 *
 * <p>Of one name and tags the first thing shown here counts; showing another does nothing.
 */
public final class Meters implements AutoCloseable {
    private final MeterRegistry registry;
    private final ConcurrentMap<SharedMeter.Id, SharedMeter.Source> sources = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public Meters(MeterRegistry registry) {
        this.registry = registry;
    }

    /**
     * Shows a figure.
     *
     * @param doc one sentence for people, here as everywhere
     * @param figure read when somebody looks, from any thread; must be cheap and must not throw
     */
    public void gauge(String name, String doc, DoubleSupplier figure, Tags tags) {
        join(
                name,
                tags,
                figure,
                shared -> Gauge.builder(name, shared, SharedMeter::first)
                        .description(doc)
                        .tags(tags)
                        .register(registry));
    }

    /** As {@link #gauge}, of seconds. */
    public void seconds(String name, String doc, DoubleSupplier figure, Tags tags) {
        join(
                name,
                tags,
                figure,
                shared -> TimeGauge.builder(name, shared, TimeUnit.SECONDS, SharedMeter::first)
                        .description(doc)
                        .tags(tags)
                        .register(registry));
    }

    /** Shows what is counted elsewhere. */
    public void count(String name, String doc, LongSupplier count, Tags tags) {
        join(
                name,
                tags,
                count::getAsLong,
                shared -> FunctionCounter.builder(name, shared, SharedMeter::sum)
                        .description(doc)
                        .tags(tags)
                        .register(registry));
    }

    /**
     * Shows the requests that a server refuses.
     *
     * @param reason why, from a bounded set: {@code rate}
     * @param criticality of those counted here; {@code none} where it does not matter
     */
    public void refused(String reason, String criticality, LongAdder count) {
        count(
                "weft.server.refused",
                "Requests that were refused before the application saw them",
                count::sum,
                Tags.of("reason", reason, "criticality", criticality));
    }

    /** What counts under that name; the same for the same. */
    public Counter counter(String name, String doc, Tags tags) {
        return (Counter) join(
                name,
                tags,
                () -> 0,
                shared -> Counter.builder(name).description(doc).tags(tags).register(registry));
    }

    /** Shows durations that are counted and summed elsewhere. */
    public void durations(String name, String doc, LongAdder count, LongAdder nanos, Tags tags) {
        join(
                name,
                tags,
                new SharedMeter.Source(nanos::sum, count::sum),
                shared -> FunctionTimer.builder(
                                name, shared, SharedMeter::count, SharedMeter::sum, TimeUnit.NANOSECONDS)
                        .description(doc)
                        .tags(tags)
                        .register(registry));
    }

    /** What counts durations, in buckets; the same for the same. */
    public Timer timer(String name, String doc, Duration[] buckets, Tags tags) {
        return (Timer) join(
                name,
                tags,
                () -> 0,
                shared -> Timer.builder(name)
                        .description(doc)
                        .tags(tags)
                        .serviceLevelObjectives(buckets)
                        .register(registry));
    }

    private Meter join(String name, Tags tags, DoubleSupplier figure, Function<SharedMeter, Meter> register) {
        return join(name, tags, new SharedMeter.Source(figure, () -> 0), register);
    }

    private Meter join(String name, Tags tags, SharedMeter.Source fresh, Function<SharedMeter, Meter> register) {
        SharedMeter.Id id = new SharedMeter.Id(registry, name, tags);
        SharedMeter.Source earlier = sources.putIfAbsent(id, fresh);
        SharedMeter.Source source = earlier == null ? fresh : earlier;
        Meter meter = SharedMeter.join(id, source, register);
        if (closed) {
            // close() may have gone by before it was there.
            SharedMeter.leave(id, source);
        }
        return meter;
    }

    @Override
    public void close() {
        closed = true;
        sources.forEach(SharedMeter::leave);
    }
}
