package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.MeshException;
import dev.weft.call.TimeoutHeader;
import dev.weft.time.Time;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;

/**
 * How long one attempt may take, here and at the server. The time for one try bounds an attempt at a unary RPC as a
 * whole, that of a stream until its head.
 */
final class TimeLimits {
    private static final long LEAST_TURN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Call attempt;
    private final boolean unary;
    private long serversEndNanos;

    TimeLimits(Call attempt, boolean unary) {
        this.attempt = attempt;
        this.unary = unary;
    }

    /** What is left at {@code nowNanos}. */
    long leftNanos(boolean headKnown, long nowNanos) {
        return (headKnown ? whole() : attempt).remainingNanos(nowNanos);
    }

    /**
     * How long a call that is to wait for a connection does so with one node before it looks at another: as long as it has
     * waited before. So it finds one that comes back within twice the time, in few attempts.
     */
    long turnNanos() {
        return Math.max(
                LEAST_TURN_NANOS, attempt.startNanos() - attempt.logical().startNanos());
    }

    private Call whole() {
        return unary ? attempt : attempt.logical();
    }

    /** What to tell the server of the time that is left at {@code nowNanos}; {@link Time#NEVER_NANOS} for no end to it. */
    long toldNanos(long marginNanos, long nowNanos) {
        if (!whole().hasDeadline()) {
            return Time.NEVER_NANOS;
        }
        long told = TimeoutHeader.told(whole().remainingNanos(nowNanos), marginNanos);
        serversEndNanos = Time.plus(nowNanos, told);
        return told;
    }

    /** How it is told that the time is over, {@code when} such a thing was going on. */
    Status passed(String when) {
        MeshException passed = attempt.deadlineExceeded(when);
        return Status.DEADLINE_EXCEEDED.withDescription(passed.getMessage()).withCause(passed);
    }

    /** Whether the server has ended it because the time was over that it was told; the call's time is then over as well. */
    boolean overAtServer(Status received) {
        boolean gaveUp = received.getCode() == Status.Code.DEADLINE_EXCEEDED
                || (received.getCode() == Status.Code.CANCELLED && received.getCause() == null);
        if (!gaveUp || !whole().hasDeadline() || attempt.time().nanos() - serversEndNanos < 0) {
            return false;
        }
        Call call = attempt.logical();
        if (whole().deadlineNanos() == call.deadlineNanos()) {
            call.shorten(serversEndNanos);
        }
        return true;
    }
}
