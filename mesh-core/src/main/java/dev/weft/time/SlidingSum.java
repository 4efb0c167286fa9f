package dev.weft.time;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A sum over the last so long: what was added counts until it is older than the window, to the nearest slice.
 *
 * <p>Thread-safe and made for many threads that add: each adds to a cell of its own, and a lock is taken only by the
 * first in a new slice and by those who read.
 */
public final class SlidingSum {
    private final long sliceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    /** The slices that still count, and perhaps older ones; guarded by the lock. */
    private final @Nullable Slice[] ring;

    private volatile Slice current;

    /**
     * @param windowNanos how long an amount counts, at least one nanosecond per slice
     * @param slices in how many steps the past is forgotten
     * @param nowNanos the monotonic clock now
     */
    public SlidingSum(long windowNanos, int slices, long nowNanos) {
        this.sliceNanos = Math.max(1, windowNanos / slices);
        this.ring = new Slice[slices];
        this.current = slice(Math.floorDiv(nowNanos, sliceNanos));
    }

    /** Adds an amount at that moment; one that comes late by its thread's own delay counts as of now. */
    public void add(long amount, long nowNanos) {
        at(nowNanos).add(amount);
    }

    /** What was added within the window that ends now. */
    public long sum(long nowNanos) {
        long newest = at(nowNanos).number;
        long sum = 0;
        lock.lock();
        try {
            for (Slice slice : ring) {
                if (slice != null && newest - slice.number < ring.length) {
                    sum += slice.sum();
                }
            }
        } finally {
            lock.unlock();
        }
        return sum;
    }

    /** Forgets all. */
    public void clear() {
        lock.lock();
        try {
            for (Slice slice : ring) {
                if (slice != null) {
                    slice.reset();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private Slice at(long nowNanos) {
        Slice seen = current;
        return nowNanos - seen.endNanos < 0 ? seen : advance(nowNanos);
    }

    private Slice advance(long nowNanos) {
        lock.lock();
        try {
            if (nowNanos - current.endNanos >= 0) {
                current = slice(Math.floorDiv(nowNanos, sliceNanos));
            }
            return current;
        } finally {
            lock.unlock();
        }
    }

    private Slice slice(long number) {
        Slice slice = new Slice(number, (number + 1) * sliceNanos);
        ring[Math.floorMod(number, ring.length)] = slice;
        return slice;
    }

    /** The sum itself, so that to begin one makes one object and to add follows one reference. */
    private static final class Slice extends LongAdder {
        private static final long serialVersionUID = 1L;

        final long number;
        final long endNanos;

        Slice(long number, long endNanos) {
            this.number = number;
            this.endNanos = endNanos;
        }
    }
}
