package dev.weft.rate;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The generic cell rate algorithm: one word, the theoretical arrival time of the next request if all came evenly. Lock-free;
 * allocates nothing. In any window of {@code t} at most {@code burst + t / period} go.
 */
final class Gcra {
    /** Returned by {@link #tryTake} for one that may go. */
    static final long GO = 0;

    private final AtomicLong arrival;

    /** As after a long rest: a whole burst may go. */
    Gcra(long nowNanos) {
        this.arrival = new AtomicLong(nowNanos);
    }

    /**
     * Lets one through, or says how many nanoseconds from now the next may go.
     *
     * @param periodNanos from one to the next
     * @param toleranceNanos how far ahead of its time one may come: {@code (burst - 1) * period}
     */
    long tryTake(long nowNanos, long periodNanos, long toleranceNanos) {
        long seen;
        long from;
        do {
            seen = arrival.get();
            from = seen - nowNanos > 0 ? seen : nowNanos;
            long early = from - nowNanos - toleranceNanos;
            if (early > 0) {
                return early;
            }
        } while (!arrival.compareAndSet(seen, from + periodNanos));
        return GO;
    }
}
