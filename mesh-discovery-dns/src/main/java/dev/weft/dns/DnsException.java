package dev.weft.dns;

import java.io.Serial;
import java.util.concurrent.CompletionException;

/** DNS could not say; the message is meant for an operator. */
final class DnsException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    DnsException(String message) {
        super(message);
    }

    DnsException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What to tell of a failure of any kind. */
    static String words(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        if (cause instanceof DnsException && message != null) {
            return message;
        }
        return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
