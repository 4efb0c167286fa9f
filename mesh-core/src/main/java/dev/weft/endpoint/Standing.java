package dev.weft.endpoint;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How a node stands with outlier detection: in use, ejected, or on probation with one probe under way. The rules
 * that decide are elsewhere; this is their memory. Thread-safe.
 */
public final class Standing {
    /** Failures one after the other, up to now. */
    private final AtomicInteger consecutive = new AtomicInteger();

    /** Guarded by {@link Ejections}' lock; read without it. */
    volatile boolean ejected;

    volatile boolean probing;
    volatile long probeAtNanos;
    volatile int times;

    Standing(long nowNanos) {
        this.probeAtNanos = nowNanos;
    }

    public boolean ejected() {
        return ejected;
    }

    /** How often it was ejected without a good answer between. */
    public int times() {
        return times;
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
}
