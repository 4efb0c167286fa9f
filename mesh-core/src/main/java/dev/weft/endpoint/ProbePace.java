package dev.weft.endpoint;

/**
 * How often ejected nodes are probed, however many there are: one in ten calls, and some at once where few were lately. A
 * process that makes few calls among many endpoints would else spend most of its calls on those that are out, in an
 * outage of all times. A probe that a server had to deal with, and dealt with badly, costs as much as twenty that found
 * nobody; but one in four seconds there may always be. Thread-safe.
 */
final class ProbePace {
    static final int CALLS = 10;
    static final int AT_ONCE = 20;
    /** Calls to one probe that was sent in vain. */
    static final int CALLS_IN_VAIN = CALLS * AT_ONCE;

    /** Calls to one probe that was answered well and did not bring the node back yet. */
    private static final int CALLS_AGAIN = 5 * CALLS;

    private static final long LONGEST_NANOS = 4_000_000_000L;
    private static final long LEFT_NANOS = LONGEST_NANOS / 4;

    /** Calls that no probe has been made for yet. */
    private final CallBucket calls = new CallBucket(CALLS * AT_ONCE, CALLS * AT_ONCE);
    /** When there may be one however few calls there were. */
    private volatile long anywayNanos;
    /** The same before the last probe; for one thread at a time. */
    private long beforeNanos;

    ProbePace(long nowNanos) {
        this.anywayNanos = nowNanos;
        this.beforeNanos = nowNanos;
    }

    void call() {
        calls.call();
    }

    /**
     * Whether there is what a probe costs.
     *
     * @param beside whether nobody waits for its answer; who would, leaves it to such for as many calls again
     */
    boolean enough(boolean beside, long nowNanos) {
        return calls.holds(beside ? CALLS : 2 * CALLS) || nowNanos - anywayNanos >= (beside ? 0 : LEFT_NANOS);
    }

    /** Takes what a probe costs, if it is there; for one thread at a time. */
    boolean take(boolean beside, long nowNanos) {
        if (!enough(beside, nowNanos)) {
            return false;
        }
        calls.owe(CALLS);
        beforeNanos = anywayNanos;
        anywayNanos = nowNanos + LONGEST_NANOS;
        return true;
    }

    /** The probe was not sent: it is as if it had not been taken. */
    void giveBack() {
        calls.owe(-CALLS);
        anywayNanos = beforeNanos;
    }

    /** A probe was answered well, and is one of several. */
    void again() {
        calls.owe(CALLS_AGAIN - CALLS);
    }

    /** A probe was sent in vain. */
    void inVain() {
        calls.owe(CALLS_IN_VAIN - CALLS);
    }
}
