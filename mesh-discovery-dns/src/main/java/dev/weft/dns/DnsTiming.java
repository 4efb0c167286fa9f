package dev.weft.dns;

import dev.weft.time.Time;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** When to ask again, and how long a loss needs to be believed. */
record DnsTiming(Time time, RandomGenerator random, long minTtlNanos, long maxTtlNanos, long confirmLossNanos) {
    private static final double EARLIEST = 0.75;
    private static final double SPREAD = 0.2;

    /** A time to live as it is taken. */
    long ttlNanos(long seconds) {
        // Saturates: no answer without an end.
        return Math.min(maxTtlNanos, Math.max(minTtlNanos, TimeUnit.SECONDS.toNanos(seconds)));
    }

    /** Ahead of the end, and not with everyone else. */
    long jitter(long nanos) {
        return (long) (nanos * (EARLIEST + SPREAD * random.nextDouble()));
    }
}
