package dev.weft.grpc;

import dev.weft.endpoint.Endpoint;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A channel to a node, as it was made.
 *
 * @param failed it could not connect, and has not been used since
 */
record Link(
        NodeChannel node,
        GrpcConfig config,
        List<String> addresses,
        ManagedChannel channel,
        Connecting connecting,
        AtomicBoolean failed) {
    /** Not where an address is another now: one that has gone is not to be used. */
    boolean fits(GrpcConfig wanted, Endpoint endpoint) {
        return config.equals(wanted) && addresses.equals(endpoint.addresses());
    }

    /** Whether a call over it would not just be told of an old failure: it goes idle on its own thread, in its own time. */
    boolean usable() {
        if (!failed.get()) {
            return true;
        }
        boolean idle = channel.getState(false) == ConnectivityState.IDLE;
        if (idle) {
            failed.set(false);
        }
        return idle;
    }

    /** How the end of a stream is told of which the server said nothing; where it had no connection, the node hears of it. */
    Status explained(Status received, Progress progress) {
        if (progress.headers() || progress.trailers() || progress.atCredentials()) {
            return received;
        }
        boolean unsent = !progress.sent() && received.getCode() == Status.Code.UNAVAILABLE;
        if (unsent && !Verdicts.goneBeforeItsTurn(received)) {
            node.unreachable(this, received);
        }
        return node.explained(config, received);
    }
}
