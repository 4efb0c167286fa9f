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
    private volatile Counted counted = Counted.NONE;

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

    /**
     * One came.
     *
     * @param hit whether it was of the kind
     */
    public void add(boolean hit, long nowNanos) {
        // First, and all are summed up first: at no moment does one of the kind look as if it were none.
        if (hit) {
            some.add(1, nowNanos);
        }
        all.add(1, nowNanos);
        long due = dueNanos.get();
        if (nowNanos - due >= 0 && dueNanos.compareAndSet(due, nowNanos + everyNanos)) {
            long came = all.sum(nowNanos);
            counted = new Counted(came, some.sum(nowNanos));
        }
    }

    /** Forgets all. */
    public void clear() {
        all.clear();
        some.clear();
        counted = Counted.NONE;
    }

    /** What was summed up last. */
    public Counted counted() {
        return counted;
    }

    /**
     * Both of one moment: of two that were read one after the other the share may never have been.
     *
     * @param all how many came
     * @param hits how many of them were of the kind; some may have come before the window, or just now
     */
    public record Counted(long all, long hits) {
        static final Counted NONE = new Counted(0, 0);
    }
}
