package dev.weft.stack;

/** How HTTP is spoken to a service. */
public enum HttpProtocol {
    /** HTTP/2 where TLS and the server agree on it, else HTTP/1.1. */
    AUTO,
    /** HTTP/2 without TLS and without asking first; with TLS as {@link #AUTO}. */
    H2C
}
