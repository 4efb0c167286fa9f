package dev.weft.http;

import dev.weft.call.Verdict;
import java.io.InterruptedIOException;
import okhttp3.internal.http2.ConnectionShutdownException;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure before the head means. The exception's class tells little: connecting and reading time out alike, and
 * a peer that refuses a certificate late looks like any broken connection. How far the request got tells more.
 */
final class Failures {
    private Failures() {}

    /**
     * @param cut why it was cut off on this side, if it was
     * @param connecting whether OkHttp got as far as to look for a connection
     * @param connected whether it had one
     * @param sent whether the first byte of the request may have gone out
     * @param wireFailed whether it was the connection that failed, and not the caller's own body
     */
    static Verdict verdict(
            Throwable thrown,
            @Nullable Cut cut,
            boolean connecting,
            boolean connected,
            boolean sent,
            boolean wireFailed) {
        if (cut == Cut.CANCELLED || cut == Cut.INTERRUPTED) {
            return Verdict.CANCELLED;
        }
        if (!connecting) {
            return Verdict.REJECTED;
        }
        if (refused(thrown)) {
            return Verdict.REFUSED;
        }
        if (!sent) {
            // One that was kept for the next, and proves to be closed, says nothing of who would take new ones.
            return connected ? Verdict.REFUSED : Verdict.UNSENT;
        }
        if (cut == Cut.DEADLINE || (wireFailed && thrown instanceof InterruptedIOException)) {
            return Verdict.TIMEOUT;
        }
        return wireFailed || cut == Cut.HANDSHAKE ? Verdict.LOST : Verdict.CANCELLED;
    }

    /** By HTTP/2: the stream was refused, or the connection had been closed for new ones, as one that drains is. */
    private static boolean refused(Throwable thrown) {
        return thrown instanceof ConnectionShutdownException
                || (thrown instanceof StreamResetException reset && reset.errorCode == ErrorCode.REFUSED_STREAM);
    }
}
