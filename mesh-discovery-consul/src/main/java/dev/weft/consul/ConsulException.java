package dev.weft.consul;

import java.io.IOException;

/** Consul answered, but not with anything to work with; the message says what and is safe to log. */
final class ConsulException extends IOException {
    private static final long serialVersionUID = 1;

    ConsulException(String message) {
        super(message);
    }
}
