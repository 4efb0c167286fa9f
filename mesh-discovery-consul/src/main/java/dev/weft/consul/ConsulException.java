package dev.weft.consul;

import java.io.IOException;

/** Consul answered, but not with anything to work with; the message says what and is safe to log. */
final class ConsulException extends IOException {
    private static final long serialVersionUID = 1;

    private final int status;

    ConsulException(String message) {
        this(message, 0);
    }

    /** @param status the HTTP status, 0 where there is none */
    ConsulException(String message, int status) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
