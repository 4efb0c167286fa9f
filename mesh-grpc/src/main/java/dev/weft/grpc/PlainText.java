package dev.weft.grpc;

import dev.weft.identity.TlsAbility;
import dev.weft.time.Time;
import io.grpc.Status;
import java.net.SocketTimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is done where a node that may do TLS or not cannot: the same attempt goes in plain text. For one attempt. */
final class PlainText {
    private final long connectNanos;
    private final Predicate<Throwable> send;
    private long patienceEndNanos;

    /**
     * @param connectNanos how long connecting may take
     * @param send sends it without TLS, or says no where that is not to be done
     */
    PlainText(long connectNanos, Predicate<Throwable> send) {
        this.connectNanos = connectNanos;
        this.send = send;
    }

    /** The handshake begins; what is left for it, of what is left for the attempt. */
    long begin(long leftNanos, long nowNanos) {
        long patience = TlsAbility.patienceNanos(connectNanos, leftNanos);
        patienceEndNanos = Time.plus(nowNanos, patience);
        return patience;
    }

    /** How long a handshake is waited for still; negative when it has been for long enough. */
    long patienceNanos(long nowNanos) {
        return patienceEndNanos - nowNanos;
    }

    /** Whether it was sent in plain text: the attempt has failed for want of TLS, with nothing sent. */
    boolean sentInstead(@Nullable Cut why, Status received) {
        Throwable failure = why == Cut.HANDSHAKE
                ? new SocketTimeoutException("no answer to a TLS hello")
                : why == null ? HandshakeFailed.of(received) : null;
        return failure != null && send.test(failure);
    }
}
