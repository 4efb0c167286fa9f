package dev.weft.grpc;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** Why an exchange was cut off on this side. */
enum Cut {
    CANCELLED,
    DEADLINE,
    /** By a node that may do TLS or not, and keeps silent when asked to. */
    HANDSHAKE,
    /** It has waited for a connection here for long enough. */
    TURN,
    /** A second answer, where one is all that there is. */
    SURPLUS;

    /** What its caller is told in place of what the transport says; null where that says it. */
    @Nullable
    Status told() {
        return switch (this) {
            case CANCELLED, DEADLINE -> null;
            case HANDSHAKE -> Status.UNAVAILABLE.withDescription("it did not answer a TLS hello");
            case TURN -> Status.UNAVAILABLE.withDescription("no connection for as long as it was waited for");
            case SURPLUS -> Status.INTERNAL.withDescription("more than one answer to a unary call");
        };
    }
}
