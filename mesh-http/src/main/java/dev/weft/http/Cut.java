package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.io.IOException;
import java.io.InterruptedIOException;

/** Why an exchange was cut off on this side, and how its caller is told. */
enum Cut {
    /** By the caller, or as the loser of a race: as OkHttp tells it. */
    CANCELLED {
        @Override
        Throwable told(Call attempt, Node node, Throwable thrown) {
            return thrown;
        }
    },
    /** The waiting thread was interrupted; its flag is still set. */
    INTERRUPTED {
        @Override
        Throwable told(Call attempt, Node node, Throwable thrown) {
            return because(new InterruptedIOException("interrupted"), thrown);
        }
    },
    /** By a node that may do TLS or not, and keeps silent when asked to. */
    HANDSHAKE {
        @Override
        Throwable told(Call attempt, Node node, Throwable thrown) {
            return because(new InterruptedIOException(node.address() + " did not answer a TLS hello"), thrown);
        }
    },
    /** The whole call's deadline passed, or that of this try. */
    DEADLINE {
        @Override
        Throwable told(Call attempt, Node node, Throwable thrown) {
            Call call = attempt.logical();
            String silent = node.address() + " had not answered";
            if (call.deadlineNanos() == attempt.deadlineNanos()) {
                return because(call.deadlineExceeded("while " + silent), thrown);
            }
            return because(
                    new InterruptedIOException(call.service() + ": the time for one try passed while " + silent),
                    thrown);
        }
    };

    abstract Throwable told(Call attempt, Node node, Throwable thrown);

    private static IOException because(IOException told, Throwable cause) {
        told.initCause(cause);
        return told;
    }
}
