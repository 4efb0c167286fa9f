package dev.weft.guard;

import dev.weft.time.SlidingSum;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resilience4j's breaker, which refuses, probes and closes again, with a window of our own that says when to open.
 *
 * <p>Its own windows would do, but on the path of every call the one takes a lock, the other copies itself (some 200
 * bytes) and goes by the machine's clock; this one is two adds. A failure looks whether it is time to open, a success
 * does not: nothing opens on good news. Thread-safe.
 */
final class Breaker {
    private static final Logger log = LoggerFactory.getLogger(Breaker.class);
    /** When it gives probes up that are neither answered nor fail: a call without a deadline may wait for ever. */
    private static final long LAPSE_NANOS = 60_000_000_000L;

    private final CircuitBreaker machine;
    private final int minCalls;
    private final double ratio;
    private final long quietNanos;
    private final SlidingSum calls;
    private final SlidingSum failures;
    private final ReentrantLock opening = new ReentrantLock();
    /** Until when an observing breaker says no more of it; guarded by the lock. */
    private long quietUntilNanos;
    /** When the last probe was let through. */
    private volatile long probedNanos;

    /**
     * @param machine closed, or observing (metrics only)
     * @param ratio the share of failures at which it opens
     * @param quietNanos an observing breaker tells that it would open once in this time
     */
    Breaker(CircuitBreaker machine, int seconds, int minCalls, double ratio, long quietNanos, long nowNanos) {
        this.machine = machine;
        this.minCalls = minCalls;
        this.ratio = ratio;
        this.quietNanos = quietNanos;
        this.calls = new SlidingSum(seconds * 1_000_000_000L, seconds, nowNanos);
        this.failures = new SlidingSum(seconds * 1_000_000_000L, seconds, nowNanos);
        this.quietUntilNanos = nowNanos;
    }

    String name() {
        return machine.getName();
    }

    State state() {
        return machine.getState();
    }

    /** Whether all calls pass, and their answers count in the window; else ask {@link #tryProbe}. */
    boolean counting() {
        State state = machine.getState();
        return state == State.CLOSED || state == State.METRICS_ONLY;
    }

    /** An answer counts, unless the breaker opened while it was on its way. */
    void succeeded(long nowNanos) {
        if (counting()) {
            calls.add(1, nowNanos);
        }
    }

    /** As {@link #succeeded}. */
    void failed(long nowNanos) {
        if (!counting()) {
            return;
        }
        calls.add(1, nowNanos);
        failures.add(1, nowNanos);
        long seen = calls.sum(nowNanos);
        long failed = failures.sum(nowNanos);
        if (seen >= minCalls && failed >= ratio * seen) {
            exceeded(seen, failed, nowNanos);
        }
    }

    /** Lets a call through to see how it goes; null while it is open, or enough of them are under way. */
    @Nullable
    Probe tryProbe(long nowNanos) {
        if (machine.tryAcquirePermission()) {
            probedNanos = nowNanos;
            // Each state of the machine has figures of its own.
            return new Probe(machine.getMetrics());
        }
        if (machine.getState() == State.HALF_OPEN && nowNanos - probedNanos >= LAPSE_NANOS) {
            lapsed();
        }
        return null;
    }

    private void lapsed() {
        opening.lock();
        try {
            if (machine.getState() == State.HALF_OPEN) {
                machine.transitionToOpenState();
            }
        } finally {
            opening.unlock();
        }
    }

    /** A call that was let through. Tells the machine once how it went, unless its round is over by then. */
    final class Probe {
        private final Object round;

        private Probe(Object round) {
            this.round = round;
        }

        void succeeded(long tookNanos, long nowNanos) {
            if (counting()) {
                Breaker.this.succeeded(nowNanos);
            } else if (current()) {
                machine.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
            }
        }

        void failed(long tookNanos, long nowNanos, Throwable cause) {
            if (counting()) {
                Breaker.this.failed(nowNanos);
            } else if (current()) {
                machine.onError(tookNanos, TimeUnit.NANOSECONDS, cause);
            }
        }

        /** It said nothing: another may go in its place. */
        void ignored() {
            if (current()) {
                machine.releasePermission();
            }
        }

        private boolean current() {
            return machine.getState() == State.HALF_OPEN && machine.getMetrics() == round;
        }
    }

    /** The share of failures among the calls of the window; 0 where there were none. */
    double failureRatio(long nowNanos) {
        long seen = calls.sum(nowNanos);
        return seen == 0 ? 0 : (double) failures.sum(nowNanos) / seen;
    }

    private void exceeded(long seen, long failed, long nowNanos) {
        boolean opened = false;
        boolean told = false;
        opening.lock();
        try {
            // Many failures may get here at once; opening twice would count as failing again.
            if (machine.getState() == State.CLOSED) {
                machine.transitionToOpenState();
                calls.clear();
                failures.clear();
                opened = true;
            } else if (machine.getState() == State.METRICS_ONLY && nowNanos - quietUntilNanos >= 0) {
                quietUntilNanos = nowNanos + quietNanos;
                told = true;
            }
        } finally {
            opening.unlock();
        }
        if (opened) {
            log.warn("the breaker of {} opens: {} of {} calls failed", name(), failed, seen);
        } else if (told) {
            log.info("the breaker of {} would open: {} of {} calls failed", name(), failed, seen);
        }
    }
}
