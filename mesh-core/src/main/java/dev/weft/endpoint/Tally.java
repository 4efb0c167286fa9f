package dev.weft.endpoint;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many attempts at a node were judged over the last 30 seconds, and how many of them failed. Each slice of the window
 * is one word (its number, both counts), so that to count costs one compare-and-set and no lock; 80 bytes per node.
 * Thread-safe.
 */
public final class Tally {
    /** How long an attempt counts, to the nearest slice. */
    public static final long WINDOW_NANOS = 30_000_000_000L;

    private static final int SLICES = 6;
    private static final long SLICE_NANOS = WINDOW_NANOS / SLICES;
    /** A word: 16 bits for the slice's number, then 24 each for all and for those that failed. */
    private static final int COUNT_BITS = 24;

    private static final long MOST = (1L << COUNT_BITS) - 1;
    private static final int NUMBER_SHIFT = 2 * COUNT_BITS;

    private final AtomicLongArray slices = new AtomicLongArray(SLICES);

    Tally() {}

    /** What was counted. */
    public record Counts(long all, long failed) {
        /** The share that failed; 0 where there was nothing. */
        public double failing() {
            return all == 0 ? 0 : (double) failed / all;
        }
    }

    /** Counts one attempt. */
    public void add(boolean failed, long nowNanos) {
        long slice = Math.floorDiv(nowNanos, SLICE_NANOS);
        int at = place(slice);
        long one = 1L << COUNT_BITS | (failed ? 1 : 0);
        while (true) {
            long seen = slices.get(at);
            boolean begun = of(seen, slice);
            // A slice that is full, which takes three million a second, says all it can.
            if ((begun && all(seen) == MOST)
                    || slices.compareAndSet(at, seen, begun ? seen + one : slice << NUMBER_SHIFT | one)) {
                return;
            }
        }
    }

    /** What was counted in the window that ends now. */
    public Counts counts(long nowNanos) {
        long newest = Math.floorDiv(nowNanos, SLICE_NANOS);
        long all = 0;
        long failed = 0;
        for (int i = 0; i < SLICES; i++) {
            long slice = newest - i;
            long seen = slices.get(place(slice));
            if (of(seen, slice)) {
                all += all(seen);
                failed += seen & MOST;
            }
        }
        return new Counts(all, failed);
    }

    /** Forgets all. */
    void clear() {
        for (int i = 0; i < SLICES; i++) {
            slices.set(i, 0);
        }
    }

    private static int place(long slice) {
        return (int) Math.floorMod(slice, (long) SLICES);
    }

    /** Numbers come again after 91 hours. */
    private static boolean of(long word, long slice) {
        return word >>> NUMBER_SHIFT == (slice << NUMBER_SHIFT) >>> NUMBER_SHIFT;
    }

    private static long all(long word) {
        return word >>> COUNT_BITS & MOST;
    }
}
