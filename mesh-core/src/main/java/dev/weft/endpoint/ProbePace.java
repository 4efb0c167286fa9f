package dev.weft.endpoint;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets one in twenty calls be a probe, and some at once where few were lately. A process that makes few calls among many
 * endpoints would else spend most of its calls on those that are out, in an outage of all times. Thread-safe.
 */
final class ProbePace {
    static final int CALLS = 20;
    static final int AT_ONCE = 10;

    private static final int FULL = CALLS * AT_ONCE;

    /** Calls that no probe has been made for yet. */
    private final AtomicInteger calls = new AtomicInteger(FULL);

    /** A call is made. One that is not counted, as another was at that moment, does no harm. */
    void call() {
        int seen = calls.get();
        if (seen < FULL) {
            calls.compareAndSet(seen, seen + 1);
        }
    }

    /** Whether there is what a probe costs. */
    boolean enough() {
        return calls.get() >= CALLS;
    }

    /** Takes what a probe costs, if it is there. */
    boolean take() {
        int seen;
        do {
            seen = calls.get();
            if (seen < CALLS) {
                return false;
            }
        } while (!calls.compareAndSet(seen, seen - CALLS));
        return true;
    }
}
