package dev.weft.endpoint;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How a node stands with outlier detection: in use, ejected, or on probation with one probe under way. The rules
 * that decide are elsewhere; this is their memory. Thread-safe.
 */
public final class Standing {
    /** Failures one after the other, up to now. */
    private final AtomicInteger consecutive = new AtomicInteger();

    // Written under Ejections' lock; read without it.

    volatile boolean ejected;
    /** Who probes it, or null. */
    volatile @Nullable Object probe;
    /** When the next may probe it: its time is over, or the claim of whoever probes has lapsed. */
    volatile long probeAtNanos;

    private volatile long judgedFromNanos;
    private volatile int times;
    /** For how long it was ejected the last time. */
    volatile long pauseNanos;

    Standing(long nowNanos) {
        this.probeAtNanos = nowNanos;
        this.judgedFromNanos = nowNanos;
    }

    public boolean ejected() {
        return ejected;
    }

    /** How often it was ejected without a good answer between. */
    public int times() {
        return times;
    }

    /**
     * Whether the answer to a call that was sent at that moment says something of now. One sent before the node was
     * ejected, while its time ran, or before it came back does not.
     */
    public boolean judges(long sentNanos) {
        return sentNanos - judgedFromNanos >= 0;
    }

    /** Counts a failure and tells how many there were one after the other. */
    public int failed() {
        return consecutive.incrementAndGet();
    }

    /** Forgets the failures; a plain read where there is nothing to forget. */
    public void succeeded() {
        if (consecutive.get() != 0) {
            consecutive.set(0);
        }
    }

    void out(long nowNanos, long untilNanos) {
        pauseNanos = untilNanos - nowNanos;
        ejected = true;
        int before = times;
        times = before + 1;
        probe = null;
        probeAtNanos = untilNanos;
        judgedFromNanos = untilNanos;
    }

    void back(long nowNanos) {
        ejected = false;
        times = 0;
        probe = null;
        judgedFromNanos = nowNanos;
        succeeded();
    }
}
