package dev.weft.identity;

/** How far calls to a service, or to a server, are held to mTLS. */
public enum TlsMode {
    /** Nothing but mTLS, ever. */
    STRICT,
    /** mTLS with whoever can, plain text with the others. For the time of a migration. */
    PERMISSIVE,
    /** The mesh adds no TLS. */
    OFF
}
