package dev.weft.dns;

import dev.weft.time.Time;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** How long answers are held, when to ask again, and how long a loss needs to be believed. */
record DnsTiming(Time time, RandomGenerator random, long minTtlNanos, long maxTtlNanos, long confirmLossNanos) {
    /** What does not exist may come into being. */
    static final long NEGATIVE_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final double EARLIEST = 0.75;
    private static final double LATEST = 0.95;

    /** When an answer that came now is to be asked for again: ahead of the end of its clamped time to live. */
    long until(DnsAnswer answer) {
        // Saturates: no answer without an end.
        long ttl = Math.min(maxTtlNanos, Math.max(minTtlNanos, TimeUnit.SECONDS.toNanos(answer.ttl())));
        long held = answer.records().isEmpty() && answer.alias() == null ? Math.min(NEGATIVE_MAX_NANOS, ttl) : ttl;
        return time.nanos() + (long) (held * EARLIEST);
    }

    /** Not with everyone else: up to a quarter later, which is still ahead of the end. */
    long jitter(long nanos) {
        return (long) (nanos * (1 + (LATEST / EARLIEST - 1) * random.nextDouble()));
    }
}
