package dev.weft.retry;

import java.util.random.RandomGenerator;

/** How long to wait before trying again. */
@FunctionalInterface
public interface Backoff {
    /** The pause in nanoseconds after attempt {@code n}, counted from 1. */
    long afterNanos(int n, RandomGenerator random);

    /** Uniform between 0 and {@code min(cap, base * 2^n)}: spreads callers best. */
    static Backoff fullJitter(long baseNanos, long capNanos) {
        return (n, random) -> {
            // Shifting cannot overflow: the exponent stops where the cap is certain to be reached.
            int exponent = Math.min(n, Long.numberOfLeadingZeros(Math.max(1, baseNanos)) - 1);
            long bound = Math.min(capNanos, baseNanos << exponent);
            return bound <= 0 ? 0 : random.nextLong(bound + 1);
        };
    }
}
