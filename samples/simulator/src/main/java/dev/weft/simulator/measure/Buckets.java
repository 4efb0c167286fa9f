package dev.weft.simulator.measure;

import java.util.Arrays;

/** Counts over time, in slices of 50 ms. */
public final class Buckets {
    static final long SLICE_NANOS = 50_000_000;

    private long[] counts = new long[1024];

    void add(long moment) {
        int slice = slice(moment);
        if (slice >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(slice + 1, 2 * counts.length));
        }
        counts[slice]++;
    }

    /** How many in {@code from..until}, to the nearest slice. */
    public long within(long from, long until) {
        long sum = 0;
        for (int slice = slice(from); slice < Math.min(slice(until), counts.length); slice++) {
            sum += counts[slice];
        }
        return sum;
    }

    private static int slice(long moment) {
        return (int) (Math.max(0, moment) / SLICE_NANOS);
    }
}
