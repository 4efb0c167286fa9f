package dev.weft.stack;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A meter in a registry, and what those who share it show through it. It is there as long as one of them is. Thread-safe;
 * reading waits for nobody.
 */
final class SharedMeter {
    /** A registry knows a meter once, whichever of this process's meshes asks for it. */
    private static final ConcurrentMap<Id, SharedMeter> ALL = new ConcurrentHashMap<>();

    record Id(MeterRegistry registry, String name, Tags tags) {
        // Written out: a start needs it, and would have to link the compiler's (0146).
        @Override
        public int hashCode() {
            return (registry.hashCode() * 31 + name.hashCode()) * 31 + tags.hashCode();
        }
    }

    /** What one of them shows, read when somebody looks; each is itself only. */
    static final class Source {
        private final DoubleSupplier figure;
        private final LongSupplier count;

        Source(DoubleSupplier figure, LongSupplier count) {
            this.figure = figure;
            this.count = count;
        }
    }

    /** In the order of coming, and what those who have left had counted: replaced as one, so that no sum goes back. */
    private record Shown(List<Source> sources, double leftFigure, long leftCount) {}

    private volatile Shown shown = new Shown(List.of(), 0, 0);
    private @Nullable Meter meter;

    private SharedMeter() {}

    /** Has {@code source} shown, and gives the meter, which {@code register} makes where there is none. */
    static Meter join(Id id, Source source, Function<SharedMeter, Meter> register) {
        List<Meter> joined = new ArrayList<>(1);
        ALL.compute(id, (key, known) -> {
            SharedMeter shared = known == null ? new SharedMeter() : known;
            shared.add(source);
            Meter meter = shared.meter;
            if (meter == null) {
                meter = register.apply(shared);
                shared.meter = meter;
            }
            joined.add(meter);
            return shared;
        });
        return joined.get(0);
    }

    /** Ends what {@link #join} began; with the last of them the meter leaves the registry. */
    static void leave(Id id, Source source) {
        ALL.computeIfPresent(id, (key, shared) -> {
            shared.remove(source);
            Meter meter = shared.meter;
            if (!shared.shown.sources.isEmpty()) {
                return shared;
            }
            if (meter != null) {
                id.registry.remove(meter);
            }
            return null;
        });
    }

    private void add(Source source) {
        Shown now = shown;
        if (!now.sources.contains(source)) {
            List<Source> sources = new ArrayList<>(now.sources);
            sources.add(source);
            shown = new Shown(List.copyOf(sources), now.leftFigure, now.leftCount);
        }
    }

    private void remove(Source source) {
        Shown now = shown;
        List<Source> sources = new ArrayList<>(now.sources);
        if (sources.remove(source)) {
            shown = new Shown(
                    List.copyOf(sources),
                    now.leftFigure + source.figure.getAsDouble(),
                    now.leftCount + source.count.getAsLong());
        }
    }

    /** The figure of whoever has been there longest. */
    double first() {
        List<Source> sources = shown.sources;
        return sources.isEmpty() ? Double.NaN : sources.get(0).figure.getAsDouble();
    }

    /** The figures of all who are and were there. */
    double sum() {
        Shown now = shown;
        double sum = now.leftFigure;
        for (Source source : now.sources) {
            sum += source.figure.getAsDouble();
        }
        return sum;
    }

    /** The counts of all who are and were there. */
    long count() {
        Shown now = shown;
        long count = now.leftCount;
        for (Source source : now.sources) {
            count += source.count.getAsLong();
        }
        return count;
    }
}
