package dev.weft.grpc;

import io.grpc.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a channel is not connected: its peer took the connection, and no TLS came of it. */
final class HandshakeFailed extends SSLException {
    private static final long serialVersionUID = 1L;

    private HandshakeFailed(Throwable cause) {
        super(cause.getMessage(), cause);
    }

    /** Says so in a status. */
    static Status in(Status status) {
        Throwable cause = status.getCause();
        return status.withCause(new HandshakeFailed(cause == null ? status.asException() : cause));
    }

    /** What a status says, or null where it says no such thing. */
    static @Nullable HandshakeFailed of(Status status) {
        return status.getCause() instanceof HandshakeFailed failed ? failed : null;
    }
}
