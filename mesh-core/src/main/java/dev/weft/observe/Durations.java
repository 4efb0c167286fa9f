package dev.weft.observe;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Where durations of one kind are counted. Thread-safe, without contention. */
sealed interface Durations {
    void record(long nanos);

    /** What it is published as. */
    Meter meter();

    /** Counted and summed: 7 ns, where a timer takes 60, two thirds of them to look at the clock. */
    static Durations summed(MeterRegistry registry, String name, String doc, Tags tags) {
        return new Summed(registry, name, doc, tags);
    }

    /** Counted, summed and put into the buckets of OpenTelemetry's conventions. */
    static Durations inBuckets(MeterRegistry registry, String name, String doc, Tags tags) {
        return new InBuckets(Timer.builder(name)
                .description(doc)
                .tags(tags)
                .serviceLevelObjectives(InBuckets.SECONDS)
                .register(registry));
    }

    /** Read when somebody looks. */
    final class Summed implements Durations {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();
        private final Meter meter;

        private Summed(MeterRegistry registry, String name, String doc, Tags tags) {
            meter = FunctionTimer.builder(name, this, s -> s.count.sum(), s -> s.nanos.sum(), TimeUnit.NANOSECONDS)
                    .description(doc)
                    .tags(tags)
                    .register(registry);
        }

        @Override
        public void record(long elapsed) {
            count.increment();
            nanos.add(elapsed);
        }

        @Override
        public Meter meter() {
            return meter;
        }
    }

    /** Micrometer's own. */
    record InBuckets(Timer timer) implements Durations {
        private static final Duration[] SECONDS =
                buckets(5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000);

        @Override
        public void record(long elapsed) {
            timer.record(elapsed, TimeUnit.NANOSECONDS);
        }

        @Override
        public Meter meter() {
            return timer;
        }

        private static Duration[] buckets(int... millis) {
            Duration[] bounds = new Duration[millis.length];
            for (int i = 0; i < millis.length; i++) {
                bounds[i] = Duration.ofMillis(millis[i]);
            }
            return bounds;
        }
    }
}
