package dev.weft.consul;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** How long to wait after the nth failure in a row: full jitter over a doubling span. Confined to one thread. */
final class Backoff {
    static final long BASE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    static final long CAP_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RandomGenerator random;
    private int failures;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    void reset() {
        failures = 0;
    }

    long nextNanos() {
        long span = Math.min(CAP_NANOS, BASE_NANOS << Math.min(failures, 20));
        failures++;
        // The floor keeps an unlucky row of small numbers from becoming a loop without a pause.
        return BASE_NANOS / 2 + random.nextLong(span);
    }
}
