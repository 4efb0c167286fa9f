package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import java.net.ConnectException;
import java.net.SocketException;
import okhttp3.internal.http2.ConnectionShutdownException;
import okhttp3.internal.http2.ErrorCode;
import okhttp3.internal.http2.StreamResetException;
import org.junit.jupiter.api.Test;

final class FailuresTest {
    private static Verdict verdict(Exception thrown, boolean sent) {
        return Failures.verdict(thrown, null, true, false, sent, true);
    }

    /** A connection that drains speaks against nobody: else a rolling restart would have healthy nodes ejected. */
    @Test
    void aConnectionClosedForNewStreamsRefusesAsARefusedStreamDoes() {
        assertThat(verdict(new ConnectionShutdownException(), true)).isEqualTo(Verdict.REFUSED);
        assertThat(verdict(new ConnectionShutdownException(), false)).isEqualTo(Verdict.REFUSED);
        assertThat(verdict(new StreamResetException(ErrorCode.REFUSED_STREAM), true))
                .isEqualTo(Verdict.REFUSED);
    }

    /** It was closed between two requests: else a node that takes new ones would be ejected as one that does not. */
    @Test
    void aConnectionThatIsClosedWhenItIsUsedAgainRefusesToo() {
        SocketException closed = new SocketException("Socket is closed");
        assertThat(Failures.verdict(closed, null, true, true, false, false)).isEqualTo(Verdict.REFUSED);
        assertThat(Failures.verdict(closed, null, true, true, true, true)).isEqualTo(Verdict.LOST);
    }

    @Test
    void otherFailuresAreUnsentOrLostByHowFarTheRequestGot() {
        assertThat(verdict(new ConnectException("refused"), false)).isEqualTo(Verdict.UNSENT);
        assertThat(verdict(new StreamResetException(ErrorCode.CANCEL), true)).isEqualTo(Verdict.LOST);
    }
}
