package dev.weft.call;

/** A part of a request that layers may read through {@link Wire#read}, in words that hold for every protocol. */
public enum RequestPart {
    /** A header, or gRPC metadata that is text; names in any case. */
    HEADER,
    /** A cookie. */
    COOKIE,
    /** The path without its query, as sent; gRPC's is {@code /package.Service/Method}. Has no name. */
    PATH,
    /** The method, {@code GET}; gRPC's is always {@code POST}. Has no name. */
    METHOD,
    /**
     * Who asks, as the server is shown it: a SPIFFE id. Of a call that is this process's own identity, of a request that came
     * in the one in its caller's certificate. Has no name.
     */
    CALLER
}
