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
    /** Who asks, as its certificate says: a SPIFFE id. Only a server knows; has no name. */
    CALLER
}
