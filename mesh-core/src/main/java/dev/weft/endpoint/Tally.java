package dev.weft.endpoint;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many attempts at a node were judged over the last 30 seconds, and how many of them failed; and more coarsely over the
 * five minutes before. Each slice of time is one word (its number, both counts), so that to count costs one
 * compare-and-set and no lock; what leaves the window is added to the past, once in a slice. 160 bytes per node.
 * Thread-safe.
 */
public final class Tally {
    /** How long an attempt counts, to the nearest slice. */
    public static final long WINDOW_NANOS = 30_000_000_000L;

    private static final int SLICES = 6;
    private static final long SLICE_NANOS = WINDOW_NANOS / SLICES;
    /** Of the time before that; each is as long as the window. */
    private static final int PAST = 10;
    /** A word: 16 bits for the slice's number, then 24 each for all and for those that failed. */
    private static final int COUNT_BITS = 24;

    private static final long MOST = (1L << COUNT_BITS) - 1;
    private static final int NUMBER_SHIFT = 2 * COUNT_BITS;
    private static final long NUMBERS = 1L << (Long.SIZE - NUMBER_SHIFT);

    /** Those of the window, then those of the past. */
    private final AtomicLongArray slices = new AtomicLongArray(SLICES + PAST);

    Tally() {}

    /** What was counted. */
    public record Counts(long all, long failed) {
        /** The share that failed; 0 where there was nothing. */
        public double failing() {
            return all == 0 ? 0 : (double) failed / all;
        }
    }

    /** What one or several have counted, slice by slice from the newest on; of five minutes and a half. For one thread. */
    public static final class Course {
        /** So many slices are the window; those after them the past. */
        public static final int RECENT = SLICES;
        /** All slices. */
        public static final int LENGTH = SLICES + PAST;

        private final long[] all = new long[LENGTH];
        private final long[] failed = new long[LENGTH];

        public long all(int slice) {
            return all[slice];
        }

        public long failed(int slice) {
            return failed[slice];
        }

        private void add(int slice, long word) {
            all[slice] += Tally.all(word);
            failed[slice] += word & MOST;
        }
    }

    /** Counts one attempt. */
    public void add(boolean failed, long nowNanos) {
        long slice = Math.floorDiv(nowNanos, SLICE_NANOS);
        long gone = put(place(slice), slice, 1L << COUNT_BITS | (failed ? 1 : 0));
        if (all(gone) > 0) {
            long age = (slice - (gone >>> NUMBER_SHIFT)) & (NUMBERS - 1);
            if (age < (long) SLICES * PAST) {
                long past = Math.floorDiv(slice - age, SLICES);
                put(pastPlace(past), past, gone & (1L << NUMBER_SHIFT) - 1);
            }
        }
    }

    /** Adds counts to a slice, and returns the word of an older one that was there in its place, or 0. */
    private long put(int at, long slice, long counts) {
        while (true) {
            long seen = slices.get(at);
            boolean begun = of(seen, slice);
            // A slice that is full, which takes half a million a second, says all it can.
            if (begun && all(seen) + all(counts) > MOST) {
                return 0;
            }
            if (slices.compareAndSet(at, seen, begun ? seen + counts : slice << NUMBER_SHIFT | counts)) {
                return begun ? 0 : seen;
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

    /** Adds what was counted up to now, slice by slice. */
    public void addTo(Course course, long nowNanos) {
        long newest = Math.floorDiv(nowNanos, SLICE_NANOS);
        for (int i = 0; i < SLICES; i++) {
            addTo(course, i, place(newest - i), newest - i);
        }
        long past = Math.floorDiv(newest, SLICES);
        for (int i = 1; i <= PAST; i++) {
            addTo(course, SLICES + i - 1, pastPlace(past - i), past - i);
        }
    }

    private void addTo(Course course, int to, int at, long slice) {
        long seen = slices.get(at);
        if (of(seen, slice)) {
            course.add(to, seen);
        }
    }

    /** Forgets all. */
    void clear() {
        for (int i = 0; i < slices.length(); i++) {
            slices.set(i, 0);
        }
    }

    private static int place(long slice) {
        return (int) Math.floorMod(slice, (long) SLICES);
    }

    private static int pastPlace(long past) {
        return SLICES + (int) Math.floorMod(past, (long) PAST);
    }

    /** Numbers come again after 91 hours. */
    private static boolean of(long word, long slice) {
        return word >>> NUMBER_SHIFT == (slice << NUMBER_SHIFT) >>> NUMBER_SHIFT;
    }

    private static long all(long word) {
        return word >>> COUNT_BITS & MOST;
    }
}
