package dev.weft.endpoint;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the fastest answer of late took: a call with less time than that would be sent in vain.
 *
 * <p>What is known may be out of date, as nobody learns of what is not sent. So an answer that was faster counts at once,
 * one in {@value #ONE_IN} calls goes out all the same, and what is {@value #KEPT_NANOS} ns old is forgotten. And the first
 * answer of all may be slow for reasons of its own, a connection or a start: nobody is measured by less than a round of
 * answers (decision 0155). Thread-safe.
 */
final class Fastest {
    static final int ONE_IN = 20;
    static final long KEPT_NANOS = 10_000_000_000L;

    private final AtomicInteger inVain = new AtomicInteger();
    private volatile long least = Long.MAX_VALUE;
    private volatile long before = Long.MAX_VALUE;
    /** A round has ended with what is least by now. */
    private volatile boolean enough;

    private volatile long beganNanos;

    Fastest(long nowNanos) {
        this.beganNanos = nowNanos;
    }

    /** An answer took that long. */
    void answered(long tookNanos) {
        if (tookNanos < least) {
            // Of two at once the slower may win, which the next one mends.
            least = tookNanos;
        }
    }

    /** Some answers have come since the last round; by one thread at a time. */
    void round(long nowNanos) {
        boolean old = nowNanos - beganNanos >= KEPT_NANOS;
        if (old) {
            before = nowNanos - beganNanos >= 2 * KEPT_NANOS ? Long.MAX_VALUE : least;
            least = Long.MAX_VALUE;
            beganNanos = nowNanos;
        }
        enough = !old;
    }

    /** Whether a call that has so much time left is worth sending. */
    boolean inTime(long leftNanos, long nowNanos) {
        // In this order: a round hands on the one to the other, and whoever comes between is to see it in both, not in
        // none.
        boolean measured = enough;
        long now = least;
        long then = before;
        if (leftNanos >= now || leftNanos >= then || nowNanos - beganNanos >= 2 * KEPT_NANOS) {
            return true;
        }
        boolean known = then != Long.MAX_VALUE || (measured && now != Long.MAX_VALUE);
        return !known || inVain.incrementAndGet() % ONE_IN == 0;
    }
}
