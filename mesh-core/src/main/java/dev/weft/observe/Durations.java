package dev.weft.observe;

import dev.weft.stack.Meters;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Where durations of one kind are counted. Thread-safe, without contention. */
sealed interface Durations {
    void record(long nanos);

    /** Counted and summed: 7 ns, where a timer takes 60, two thirds of them to look at the clock. */
    static Durations summed(Meters meters, String name, String doc, Tags tags) {
        return new Summed(meters, name, doc, tags);
    }

    /** Counted, summed and put into the buckets of OpenTelemetry's conventions. */
    static Durations inBuckets(Meters meters, String name, String doc, Tags tags) {
        return new InBuckets(meters.timer(name, doc, InBuckets.SECONDS, tags));
    }

    /** Read when somebody looks. */
    final class Summed implements Durations {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        private Summed(Meters meters, String name, String doc, Tags tags) {
            meters.durations(name, doc, count, nanos, tags);
        }

        @Override
        public void record(long elapsed) {
            count.increment();
            nanos.add(elapsed);
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

        private static Duration[] buckets(int... millis) {
            Duration[] bounds = new Duration[millis.length];
            for (int i = 0; i < millis.length; i++) {
                bounds[i] = Duration.ofMillis(millis[i]);
            }
            return bounds;
        }
    }
}
