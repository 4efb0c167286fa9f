package dev.weft.identity;

import javax.net.ssl.SSLException;

/** We have nothing to show: no fault of the peer's. The message says what is waited for. */
final class NoIdentity extends SSLException {
    private static final long serialVersionUID = 1L;

    NoIdentity(String message) {
        super(message);
    }
}
