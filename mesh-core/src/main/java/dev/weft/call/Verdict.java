package dev.weft.call;

import java.util.Locale;

/** What became of one attempt, in words that hold for every protocol. Set by the transport, which knows. */
public enum Verdict {
    /** Answered, and well. */
    OK,
    /** Answered: the caller is at fault (HTTP 4xx but 429; gRPC INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED ...). */
    CALLER_ERROR,
    /** Answered: too many requests (429, RESOURCE_EXHAUSTED). */
    THROTTLED,
    /** Answered: not able to serve now (502, 503, 504, UNAVAILABLE). */
    UNAVAILABLE,
    /**
     * Refused before the application saw it, by the server's own word: it has more to do than it can
     * ({@code Mesh-Refused: overload}).
     */
    OVERLOADED,
    /** Answered: failed (other 5xx; INTERNAL, UNKNOWN, DATA_LOSS). */
    SERVER_ERROR,
    /** Never left this process: no connection. */
    UNSENT,
    /** Refused before the application saw it, by the protocol's own word (REFUSED_STREAM, GOAWAY). */
    REFUSED,
    /** Sent, and the connection broke before an answer. */
    LOST,
    /** Sent, and no answer in time. */
    TIMEOUT,
    /** Given up by the caller, or the loser of a hedge. */
    CANCELLED,
    /** Stopped on this side before it was sent: limit, breaker, no endpoint, deadline. */
    REJECTED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Lower case with underscores. */
    public String label() {
        return label;
    }

    /** Whether it speaks against the node that was asked. */
    public boolean blamesNode() {
        return switch (this) {
            case UNAVAILABLE, SERVER_ERROR, UNSENT, LOST, TIMEOUT -> true;
            default -> false;
        };
    }

    /** Whether it speaks neither for nor against anyone. */
    public boolean neutral() {
        return this == CANCELLED || this == REJECTED || this == REFUSED;
    }

    /** Whether the application on the other side cannot have seen the request. */
    public boolean notApplied() {
        return this == UNSENT || this == REFUSED || this == OVERLOADED;
    }

    /** Whether the server, well as it is, asks for less. */
    public boolean pushesBack() {
        return this == THROTTLED || this == OVERLOADED;
    }

    /** Whether more calls had better go elsewhere, however fast it came. */
    public boolean repels() {
        return blamesNode() || pushesBack();
    }
}
