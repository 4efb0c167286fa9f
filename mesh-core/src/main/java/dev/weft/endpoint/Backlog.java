package dev.weft.endpoint;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls that wait for an answer, and how long one more would wait: the limit that overload sets, whatever its size.
 *
 * <p>By Little's law a call that comes now waits as long as it takes to answer those before it: their number over the
 * pace of answers. It is refused where that is more than its share of the time that it has left, and the answers of now
 * show that calls do stand in line: even the fastest of them took long. So there is no limit to set, and none while
 * nobody waits in vain. Why so, and what else was tried: decision 0088.
 *
 * <p>Thread-safe. A call costs a few adds, two of them to the number that wait, which all share, and a few looks; a lock is taken, if it is free, once in a round of at least
 * {@value #ROUND_NANOS} ns.
 */
public final class Backlog {
    private static final long ROUND_NANOS = 50_000_000;
    private static final int ROUND_CALLS = 5;
    /** Who comes after so long a silence begins a new round. */
    private static final long SILENCE_NANOS = 10_000_000_000L;
    /** For how long the number is held after the last sign of a line, so that it does not grow anew. */
    private static final long HOLD_NANOS = 3_000_000_000L;
    /** A wait as long as is allowed makes a line; this much of it shows that there still is one. */
    private static final double LASTS = 0.5;

    /** So many times what an answer takes where nobody waits none takes by chance, not even the fastest of few. */
    private static final double QUEUEING = 2;

    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder answers = new LongAdder();
    private final LongAdder givenUp = new LongAdder();
    private final LongAdder took = new LongAdder();
    private final LongAdder waitedInVain = new LongAdder();
    private final AtomicLong fastest = new AtomicLong(Long.MAX_VALUE);
    private final ReentrantLock closing = new ReentrantLock();
    /** Guarded by the lock. */
    private final BacklogPace estimate = new BacklogPace();

    private final Fastest fastestOfLate;

    private volatile long roundNanos;

    // What the last round came to; written under the lock, but for what a silence ends.

    /** Answers per nanosecond to reckon with; 0 while unknown. */
    private volatile double pace;
    /** What an answer takes where nobody waits, in nanoseconds. */
    private volatile double base;
    /** What the fastest answer took; 0 after a silence. */
    private volatile double least;

    private volatile long heldUntilNanos;
    private volatile long refusedNanos;
    /** The time within which the call that was refused last would have had to be answered. */
    private volatile double allowed;

    public Backlog(long nowNanos) {
        this.fastestOfLate = new Fastest(nowNanos);
        this.roundNanos = nowNanos;
        this.heldUntilNanos = nowNanos;
        this.refusedNanos = nowNanos - HOLD_NANOS;
    }

    /** How many wait for their answer. */
    public int waiting() {
        return waiting.get();
    }

    /** Whether calls are held to what can be answered in time. */
    public boolean limiting(long nowNanos) {
        return heldUntilNanos - nowNanos > 0;
    }

    /** How long a call that comes now would wait, in seconds; NaN while nothing is known. */
    public double expectedSeconds() {
        double known = pace;
        return known == 0 ? Double.NaN : waiting.get() / known / 1e9;
    }

    /** Whether calls stood in line a moment ago: even the fastest answer took twice what one takes where nobody waits. */
    public boolean queueing(long nowNanos) {
        return least > QUEUEING * base && nowNanos - roundNanos < HOLD_NANOS;
    }

    /** What an answer takes where nobody waits, in nanoseconds; 0 while that is not known. */
    public double baseNanos() {
        return base;
    }

    /**
     * Whether a call with so much time left has any chance of an answer in time: whether it has as much as the fastest of
     * late took. One in {@value Fastest#ONE_IN} of those that have not is let through, to see.
     */
    public boolean inTime(long leftNanos, long nowNanos) {
        return fastestOfLate.inTime(leftNanos, nowNanos);
    }

    /** Whether so many wait that {@link #admits} is worth asking for a call with that much time left. */
    public boolean crowded(long leftNanos, double leastShare) {
        int before = waiting.get();
        return before > 0 && pace > 0 && before > pace * leastShare * leftNanos;
    }

    /**
     * Whether a call would be answered in time.
     *
     * @param leftNanos the time it has left
     * @param share how much of that it may spend in line, 0 to 1
     */
    public boolean admits(long leftNanos, double share, long nowNanos) {
        int before = waiting.get();
        double needed = Math.min(base, (double) leftNanos);
        double line = share * (leftNanos - needed);
        double known = pace;
        if (before == 0 || known == 0 || before <= known * (needed + line)) {
            return true;
        }
        boolean held = limiting(nowNanos);
        if (least - needed > (held ? LASTS : 1) * line) {
            heldUntilNanos = nowNanos + HOLD_NANOS;
            held = true;
        }
        if (held) {
            refusedNanos = nowNanos;
            allowed = needed + line;
        }
        return !held;
    }

    /** A call waits for its answer from now on; to be followed by one of the next three. */
    public void entered(long nowNanos) {
        if (waiting.getAndIncrement() == 0 && nowNanos - roundNanos > SILENCE_NANOS) {
            roundNanos = nowNanos;
            least = 0;
        }
    }

    /** It was answered after so long. */
    public void answered(long tookNanos, long nowNanos) {
        waiting.decrementAndGet();
        took.add(tookNanos);
        answers.increment();
        if (tookNanos < fastest.get()) {
            fastest.accumulateAndGet(tookNanos, Math::min);
            fastestOfLate.answered(tookNanos);
        }
        closeRound(nowNanos);
    }

    /** Nobody waits for it any more: it took longer than its caller had time. */
    public void gaveUp(long tookNanos, long nowNanos) {
        waiting.decrementAndGet();
        waitedInVain.add(tookNanos);
        givenUp.increment();
        closeRound(nowNanos);
    }

    /** It ended otherwise, which says nothing of how long an answer takes. */
    public void left() {
        waiting.decrementAndGet();
    }

    private void closeRound(long nowNanos) {
        if (nowNanos - roundNanos < ROUND_NANOS || calls() < ROUND_CALLS || !closing.tryLock()) {
            return;
        }
        try {
            double lasted = (double) (nowNanos - roundNanos);
            if (lasted < ROUND_NANOS || calls() < ROUND_CALLS) {
                return;
            }
            int answered = (int) answers.sumThenReset();
            int late = (int) givenUp.sumThenReset();
            double sum = (double) took.sumThenReset();
            double inVain = (double) waitedInVain.sumThenReset();
            long shortest = fastest.getAndSet(Long.MAX_VALUE);
            double mean = answered == 0 ? inVain / late : sum / answered;
            estimate.round(
                    lasted, answered, late, mean, limiting(nowNanos), nowNanos - refusedNanos < HOLD_NANOS, allowed);
            pace = estimate.pace();
            base = estimate.base();
            least = shortest == Long.MAX_VALUE ? mean : shortest;
            if (estimate.mistaken()) {
                heldUntilNanos = nowNanos;
            }
            roundNanos = nowNanos;
            fastestOfLate.round(nowNanos);
        } finally {
            closing.unlock();
        }
    }

    /** That ended in this round. */
    private long calls() {
        return answers.sum() + givenUp.sum();
    }
}
