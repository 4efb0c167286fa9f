package dev.weft.grpc;

import dev.weft.call.MeshException;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The nearer of the two deadlines that gRPC's callers set: the stub's and the context's.
 *
 * @param name whose it is, as gRPC has it
 * @param leftNanos what was left of it when the call began
 */
record CallerDeadline(String name, Deadline deadline, long leftNanos) {
    /** By how much two readings of one deadline may differ. */
    private static final long SAME_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    static @Nullable CallerDeadline of(CallOptions options, Context context) {
        Deadline stubs = options.getDeadline();
        Deadline contexts = context.getDeadline();
        if (stubs != null && (contexts == null || stubs.isBefore(contexts))) {
            return of("CallOptions", stubs);
        }
        return contexts == null ? null : of("Context", contexts);
    }

    private static CallerDeadline of(String name, Deadline deadline) {
        return new CallerDeadline(name, deadline, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    }

    /**
     * The end of a call that the mesh ended because this had passed, or would before any answer, told as gRPC tells it; any
     * other as it is.
     *
     * @param callsLeftNanos what is left of the call's time, policy's deadline considered
     */
    Status told(Status status, long callsLeftNanos) {
        long leftNow = deadline.timeRemaining(TimeUnit.NANOSECONDS);
        boolean nearest = leftNow - SAME_NANOS <= Math.max(0, callsLeftNanos);
        if (status.getCode() != Status.Code.DEADLINE_EXCEEDED
                || !(status.getCause() instanceof MeshException)
                || !nearest) {
            return status;
        }
        return status.withDescription(
                leftNanos <= 0
                        ? String.format(
                                Locale.ROOT,
                                "ClientCall started after %s deadline was exceeded %.9f seconds ago. %s",
                                name,
                                -leftNanos / 1e9,
                                status.getDescription())
                        : String.format(
                                Locale.ROOT,
                                "%s deadline exceeded after %.9fs. [%s]",
                                name,
                                (leftNanos - leftNow) / 1e9,
                                status.getDescription()));
    }
}
