package dev.weft.call;

/** A part of a request that layers may read through {@link Wire#read}, in words that hold for every protocol. */
public enum RequestPart {
    /** A header, or gRPC metadata that is text; names in any case. */
    HEADER,
    /** A cookie. */
    COOKIE,
    /** The path without its query, as sent; gRPC's is {@code /package.Service/Method}. Has no name. */
    PATH
}
