package dev.weft.endpoint;

/**
 * How often calls try those that were found bad and could not be ejected, as so many are: as long as that is in vain, one in
 * ten of the calls that would go there, and one a second however few there are; some at once at first. Who is tried in vain
 * costs a caller a retry, and where half of many nodes are bad, retries are what runs out. Thread-safe.
 */
final class TrialPace {
    static final int CALLS = 10;
    static final int AT_ONCE = 10;
    static final long LONGEST_NANOS = 1_000_000_000L;

    /** Calls that would have gone there. */
    private final CallBucket calls = new CallBucket(CALLS * AT_ONCE, CALLS * AT_ONCE);
    /** When there may be one however few calls there were. */
    private volatile long anywayNanos;

    TrialPace(long nowNanos) {
        this.anywayNanos = nowNanos;
    }

    /** Whether one was tried in vain within the last second. Looks only. */
    boolean holdsBack(long nowNanos) {
        return nowNanos - anywayNanos < 0;
    }

    /** Whether a call may go there; one that may not is counted. */
    boolean may(long nowNanos) {
        if (!holdsBack(nowNanos) || calls.holds(CALLS)) {
            return true;
        }
        calls.call();
        return false;
    }

    /** One was tried in vain. */
    void inVain(long nowNanos) {
        calls.owe(CALLS);
        anywayNanos = nowNanos + LONGEST_NANOS;
    }
}
