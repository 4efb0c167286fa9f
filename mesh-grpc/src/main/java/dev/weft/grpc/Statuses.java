package dev.weft.grpc;

import dev.weft.call.MeshException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.nio.channels.ClosedChannelException;

/** How a call that failed is told to a gRPC application. */
final class Statuses {
    private Statuses() {}

    static Status of(Throwable cause) {
        if (cause instanceof MeshException ended) {
            return of(ended).withDescription(ended.getMessage()).withCause(ended);
        }
        return Status.fromThrowable(cause);
    }

    private static Status of(MeshException ended) {
        return switch (ended.fate()) {
            case FAILED_DEADLINE -> Status.DEADLINE_EXCEEDED;
            case CANCELLED -> Status.CANCELLED;
            case REJECTED_AUTHZ -> Status.PERMISSION_DENIED;
            case REJECTED_RATE -> Status.RESOURCE_EXHAUSTED;
            // As gRPC has it for its own circuit breakers.
            default -> Status.UNAVAILABLE;
        };
    }

    /**
     * A connection that broke is unavailable, as gRPC has it. Where Netty finds a stream's channel closed before it knows why, it
     * says UNKNOWN.
     */
    static Status ofBroken(Status received) {
        return received.getCode() == Status.Code.UNKNOWN && received.getCause() instanceof ClosedChannelException
                ? Status.UNAVAILABLE.withDescription(received.getDescription()).withCause(received.getCause())
                : received;
    }

    /** With what the server said beside the status, such as google.rpc.Status; a copy, as others may be told the same. */
    static Metadata trailers(Throwable cause) {
        Metadata trailers = null;
        if (cause instanceof StatusRuntimeException failed) {
            trailers = failed.getTrailers();
        } else if (cause instanceof StatusException failed) {
            trailers = failed.getTrailers();
        }
        Metadata copy = new Metadata();
        if (trailers != null) {
            copy.merge(trailers);
        }
        return copy;
    }
}
