package dev.weft.call;

import dev.weft.time.Time;

/** When a call began and was sent, and when it must be over, on the monotonic clock. */
abstract sealed class CallTimes extends CallRecord permits CallAnswer {
    private final long startNanos;
    private long sentNanos;
    private long deadlineNanos;

    CallTimes(Ends ends, long startNanos, long deadlineNanos) {
        super(ends);
        this.startNanos = startNanos;
        this.sentNanos = startNanos;
        this.deadlineNanos = deadlineNanos;
    }

    public final long startNanos() {
        return startNanos;
    }

    /** When it went its way to a node: its start, or the end of the last wait on this side. Latency counts from here. */
    public final long sentNanos() {
        return sentNanos;
    }

    /** It had to wait until now, for discovery or for a connection; that is not its node's fault. */
    public final void waited(long nowNanos) {
        sentNanos = nowNanos;
    }

    /** On the monotonic clock; {@link Call#NO_DEADLINE_NANOS} where there is none. */
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    public final boolean hasDeadline() {
        return deadlineNanos != Call.NO_DEADLINE_NANOS;
    }

    /** A deadline can only come nearer: a later one is ignored. */
    public final void shorten(long nanos) {
        if (!hasDeadline() || nanos - deadlineNanos < 0) {
            // The one moment that means none is a nanosecond early.
            deadlineNanos = nanos == Call.NO_DEADLINE_NANOS ? nanos - 1 : nanos;
        }
    }

    /** What is left at {@code nowNanos}; {@link Time#NEVER_NANOS} without a deadline, negative when it has passed. */
    public final long remainingNanos(long nowNanos) {
        return hasDeadline() ? deadlineNanos - nowNanos : Time.NEVER_NANOS;
    }

    public final boolean expiresBefore(long nanos) {
        return hasDeadline() && deadlineNanos - nanos < 0;
    }

    /** Whether too little is left to be worth sending now. */
    public final boolean tooLate() {
        return expiresBefore(sentNanos + Deadline.TOO_LITTLE_NANOS);
    }
}
