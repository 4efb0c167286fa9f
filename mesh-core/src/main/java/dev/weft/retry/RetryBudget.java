package dev.weft.retry;

import dev.weft.time.SlidingSum;
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
    private final SlidingSum sum;
    private final ReentrantLock withdrawing = new ReentrantLock();

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
        this.sum = new SlidingSum(ttlNanos, SLICES, nowNanos);
    }

    /** A call ended well. */
    public void deposit(long nowNanos) {
        if (deposit != 0) {
            sum.add(deposit, nowNanos);
        }
    }

    /** Takes what one retry costs, if it is there. */
    public boolean tryWithdraw(long nowNanos) {
        withdrawing.lock();
        try {
            if (reserve + sum.sum(nowNanos) < cost) {
                return false;
            }
            sum.add(-cost, nowNanos);
            return true;
        } finally {
            withdrawing.unlock();
        }
    }

    /** How many retries could be made now. */
    public long balance(long nowNanos) {
        return Math.max(0, (reserve + sum.sum(nowNanos)) / cost);
    }
}
