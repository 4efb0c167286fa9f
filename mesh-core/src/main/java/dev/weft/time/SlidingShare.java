package dev.weft.time;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many came over the last so long, and how many of them were of one kind. Counting is an add; what has been counted
 * is summed up anew every so often by one of those who count, so that to read it is a look.
 *
 * <p>Thread-safe.
 */
public final class SlidingShare {
    private final SlidingSum all;
    private final SlidingSum some;
    private final long everyNanos;
    private final AtomicLong dueNanos;
    private volatile long seen;
    private volatile long hits;

    /**
     * @param windowNanos how long one counts
     * @param slices in how many steps the past is forgotten
     * @param everyNanos how old the sums may be
     * @param nowNanos the monotonic clock now
     */
    public SlidingShare(long windowNanos, int slices, long everyNanos, long nowNanos) {
        this.all = new SlidingSum(windowNanos, slices, nowNanos);
        this.some = new SlidingSum(windowNanos, slices, nowNanos);
        this.everyNanos = everyNanos;
        this.dueNanos = new AtomicLong(nowNanos + everyNanos);
    }

    /** One came. */
    public void add(long nowNanos) {
        all.add(1, nowNanos);
        long due = dueNanos.get();
        if (nowNanos - due >= 0 && dueNanos.compareAndSet(due, nowNanos + everyNanos)) {
            seen = all.sum(nowNanos);
            hits = some.sum(nowNanos);
        }
    }

    /** One that came was of the kind. */
    public void hit(long nowNanos) {
        some.add(1, nowNanos);
    }

    /** Forgets all. */
    public void clear() {
        all.clear();
        some.clear();
        seen = 0;
        hits = 0;
    }

    /** How many came. */
    public long seen() {
        return seen;
    }

    /** How many of them were of the kind; some may have come before the window. */
    public long hits() {
        return hits;
    }
}
