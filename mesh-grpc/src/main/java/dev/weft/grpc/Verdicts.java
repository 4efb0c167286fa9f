package dev.weft.grpc;

import dev.weft.call.Verdict;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** What a status means, and who said it: the server, or the transport for want of one. */
final class Verdicts {
    // How gRPC over Netty, and over OkHttp, tells HTTP/2's own words of refusal. There is no other sign of them, and
    // where
    // these change the attempt counts as lost, which is on the safe side. Tests hold them against real streams.
    private static final String REFUSED_STREAM = "HTTP/2 error code: REFUSED_STREAM";
    private static final String OKHTTP_REFUSED_STREAM = "Refused stream";
    private static final String ABOVE_GOAWAY = "Abrupt GOAWAY closed sent stream";
    private static final String OKHTTP_GOAWAY = "Received Goaway";
    private static final String GOAWAY = "GOAWAY";
    private static final String NO_ERROR = "HTTP/2 error code: NO_ERROR";

    private Verdicts() {}

    /**
     * @param cancelled whether this side gave it up
     * @param late whether time ended it
     */
    static Verdict of(Status status, Metadata trailers, Progress progress, boolean cancelled, boolean late) {
        if (status.isOk()) {
            return Verdict.OK;
        }
        if (cancelled) {
            return Verdict.CANCELLED;
        }
        if (late) {
            if (progress.created()) {
                // What is cut off while it is being written may go out first.
                return Verdict.TIMEOUT;
            }
            // With credentials of the application's that are slow the node has nothing to do.
            return progress.atCredentials() ? Verdict.REJECTED : Verdict.UNSENT;
        }
        if (progress.trailers()) {
            boolean refused = !progress.headers() && Pushbacks.overloaded(status, trailers);
            return refused ? Verdict.OVERLOADED : answered(status.getCode());
        }
        if (progress.atCredentials()) {
            // The application's own failure, whatever it calls it; no node's.
            return Verdict.CANCELLED;
        }
        return progress.sent() ? broken(status, progress) : unsent(status);
    }

    /**
     * Whether what was not sent had a connection, which was told to go before its turn came: a word about the connection
     * and not, as where none can be made, about the server.
     */
    static boolean goneBeforeItsTurn(Status unsent) {
        return unsent.getCause() == null && ofGoaway(unsent);
    }

    /** Of what was refused: whether that was by a GOAWAY, and not by a server that has no room for the stream. */
    static boolean ofGoaway(Status refused) {
        String said = refused.getDescription();
        return said != null && (said.contains(GOAWAY) || said.contains(OKHTTP_GOAWAY));
    }

    private static Verdict answered(Status.Code code) {
        return switch (code) {
            case OK -> Verdict.OK;
            case UNAVAILABLE -> Verdict.UNAVAILABLE;
            case RESOURCE_EXHAUSTED -> Verdict.THROTTLED;
            // Of the server's own calls: ours has time left.
            case DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, DATA_LOSS -> Verdict.SERVER_ERROR;
            default -> Verdict.CALLER_ERROR;
        };
    }

    /** No connection, or what the application asked for cannot be done at all. */
    private static Verdict unsent(Status status) {
        if (goneBeforeItsTurn(status)) {
            return Verdict.REFUSED;
        }
        if (status.getCause() instanceof ClosedChannelException) {
            // Its connection broke while it was being written; Netty calls that UNKNOWN.
            return Verdict.LOST;
        }
        return status.getCode() == Status.Code.UNAVAILABLE ? Verdict.UNSENT : Verdict.CANCELLED;
    }

    private static Verdict broken(Status status, Progress progress) {
        String said = status.getDescription();
        if (!progress.headers() && refused(said)) {
            return Verdict.REFUSED;
        }
        return switch (status.getCode()) {
            // Too large a message for this side; without headers it is HTTP/2's ENHANCE_YOUR_CALM.
            case RESOURCE_EXHAUSTED -> progress.headers() ? Verdict.CALLER_ERROR : Verdict.THROTTLED;
            // With a cause: a message could not be written or read here. Without: the server reset the stream.
            case CANCELLED -> status.getCause() != null ? Verdict.CANCELLED : Verdict.LOST;
            // What a proxy or another HTTP server says, in place of the service.
            case UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED -> Verdict.CALLER_ERROR;
            default -> Verdict.LOST;
        };
    }

    private static boolean refused(@Nullable String said) {
        if (said == null) {
            return false;
        }
        boolean aboveGoaway = said.contains(ABOVE_GOAWAY) || said.contains(OKHTTP_GOAWAY);
        return said.contains(REFUSED_STREAM)
                || said.startsWith(OKHTTP_REFUSED_STREAM)
                || (aboveGoaway && said.contains(NO_ERROR));
    }
}
