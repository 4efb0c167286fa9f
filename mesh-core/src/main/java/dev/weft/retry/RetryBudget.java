package dev.weft.retry;

import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a service's callers may spend on retries and hedges: a leaky token bucket.
 *
 * <p>Each call that ended well deposits; each retry withdraws {@code 1/ratio} deposits; a deposit is worth
 * nothing once it is older than the time to live. A reserve allows a few retries per second however little
 * traffic there is. After Finagle's {@code RetryBudget} ({@code service/RetryBudget.scala}); deposits on success
 * only, so that in a full outage retries fall to the reserve within the time to live.
 *
 * <p>Thread-safe. A deposit takes no lock but when the clock enters a new slice, ten times per time to live;
 * a withdrawal, which stands before a network exchange, takes one.
 */
public final class RetryBudget {
    private static final int SLICES = 10;
    private static final long DEPOSIT = 1000;

    private final long deposit;
    private final long cost;
    private final long reserve;
    private final long sliceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    /** Ring of the slices that still count; guarded by the lock. */
    private final Slice[] slices = new Slice[SLICES];

    private volatile Slice current;

    /**
     * @param ratio retries per successful call, 0 to 1
     * @param perSecond retries per second that are always allowed, 0 or more
     * @param ttlNanos how long a deposit counts, at least 10 ns
     * @param nowNanos the monotonic clock now
     */
    public RetryBudget(double ratio, int perSecond, long ttlNanos, long nowNanos) {
        this.deposit = ratio > 0 ? DEPOSIT : 0;
        this.cost = ratio > 0 ? Math.round(DEPOSIT / ratio) : DEPOSIT;
        this.reserve = (long) Math.floor(perSecond * (ttlNanos / 1e9) * cost);
        this.sliceNanos = Math.max(1, ttlNanos / SLICES);
        long slice = Math.floorDiv(nowNanos, sliceNanos);
        this.current = new Slice(slice);
        slices[Math.floorMod(slice, SLICES)] = current;
    }

    /** A call ended well. */
    public void deposit(long nowNanos) {
        if (deposit != 0) {
            at(nowNanos).sum.add(deposit);
        }
    }

    /** Takes what one retry costs, if it is there. */
    public boolean tryWithdraw(long nowNanos) {
        lock.lock();
        try {
            Slice slice = at(nowNanos);
            if (sum(slice.number) < cost) {
                return false;
            }
            slice.sum.add(-cost);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** How many retries could be made now. */
    public long balance(long nowNanos) {
        lock.lock();
        try {
            return Math.max(0, sum(at(nowNanos).number) / cost);
        } finally {
            lock.unlock();
        }
    }

    private long sum(long newest) {
        long sum = reserve;
        for (Slice slice : slices) {
            if (slice != null && newest - slice.number < SLICES) {
                sum += slice.sum.sum();
            }
        }
        return sum;
    }

    /** The slice of that moment; one that is late by the thread's own delay counts into the newest. */
    private Slice at(long nowNanos) {
        Slice seen = current;
        long number = Math.floorDiv(nowNanos, sliceNanos);
        return number - seen.number <= 0 ? seen : advance(number);
    }

    private Slice advance(long number) {
        lock.lock();
        try {
            Slice seen = current;
            if (number - seen.number > 0) {
                seen = new Slice(number);
                slices[Math.floorMod(number, SLICES)] = seen;
                current = seen;
            }
            return seen;
        } finally {
            lock.unlock();
        }
    }

    private static final class Slice {
        final long number;
        final LongAdder sum = new LongAdder();

        Slice(long number) {
            this.number = number;
        }
    }
}
