package dev.weft.http;

import static dev.weft.http.Rig.cause;
import static dev.weft.http.Rig.get;
import static dev.weft.http.Rig.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import dev.weft.stack.HttpProtocol;
import dev.weft.stack.HttpSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http2FaultTest {
    private static final int HEADERS = 1;
    private static final int FRAME_HEADER = 9;

    private static Request post() {
        return get("/").newBuilder().post(RequestBody.create("{}", null)).build();
    }

    private static Rig rig(int port) {
        return new Rig(port).with(HttpSettings.PROTOCOL, HttpProtocol.H2C);
    }

    @ParameterizedTest
    @CsvSource({"7,REFUSED", "8,LOST", "2,LOST"})
    void aStreamThatIsResetTellsWhetherItWasActedUpon(int error, Verdict verdict) throws Exception {
        MockWebServer server = new MockWebServer();
        server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        server.start();
        try (Rig rig = rig(server.getPort())) {
            for (boolean blocking : new boolean[] {true, false}) {
                server.enqueue(new MockResponse.Builder()
                        .onRequestStart(new SocketEffect.CloseStream(error))
                        .build());
                Rig.Try tried = rig.attempt(post(), blocking, Duration.ofSeconds(60));
                assertThat(cause(tried.send())).isInstanceOf(IOException.class);
                assertThat(tried.call.verdict()).isEqualTo(verdict);
                rig.assertClean();
                assertThat(tried.ends).hasValue(1);
            }
        } finally {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStreamAboveTheLastOfAGoawayIsRefused(boolean blocking) throws Exception {
        RawServer.Manners goesAway = peer -> {
            awaitHeaders(peer.socket.getInputStream());
            OutputStream out = peer.socket.getOutputStream();
            out.write(frame(4, new byte[0]));
            // Last stream 1; a client's first is 3.
            out.write(frame(7, new byte[] {0, 0, 0, 1, 0, 0, 0, 0}));
            out.flush();
            drain(peer.socket.getInputStream());
        };
        try (RawServer server = new RawServer(goesAway);
                Rig rig = rig(server.port())) {
            Rig.Try tried = rig.attempt(post(), blocking, Duration.ofSeconds(60));
            assertThat(cause(tried.send())).isInstanceOf(IOException.class);
            assertThat(tried.call.verdict()).isEqualTo(Verdict.REFUSED);
            rig.assertClean();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionThatBreaksLosesItsStreams(boolean blocking) throws Exception {
        RawServer.Manners breaks = peer -> {
            awaitHeaders(peer.socket.getInputStream());
            peer.reset();
        };
        try (RawServer server = new RawServer(breaks);
                Rig rig = rig(server.port())) {
            Rig.Try tried = rig.attempt(post(), blocking, Duration.ofSeconds(60));
            assertThat(cause(tried.send())).isInstanceOf(IOException.class);
            assertThat(tried.call.verdict()).isEqualTo(Verdict.LOST);
            rig.assertClean();
        }
    }

    @Test
    void aServiceThatSpeaksHttp2SharesConnections() throws Exception {
        MockWebServer server = new MockWebServer();
        server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        server.enqueue(new MockResponse.Builder().body("a").build());
        server.enqueue(new MockResponse.Builder().body("b").build());
        server.start();
        try (Rig rig = rig(server.getPort())) {
            assertThat(rig.wire.multiplexed("inventory")).isFalse();
            Response one = response(rig.send(get("/"), true));
            Response two = response(rig.send(get("/"), false));
            assertThat(rig.wire.multiplexed("inventory")).isTrue();
            assertThat(rig.wire.multiplexed("pricing")).isFalse();
            assertThat(rig.pool(rig.node()).connectionCount()).isEqualTo(1);
            assertThat(one.body().string() + two.body().string()).isEqualTo("ab");
            rig.assertClean();
        } finally {
            server.close();
        }
    }

    private static byte[] frame(int type, byte[] payload) {
        byte[] frame = new byte[FRAME_HEADER + payload.length];
        frame[2] = (byte) payload.length;
        frame[3] = (byte) type;
        System.arraycopy(payload, 0, frame, FRAME_HEADER, payload.length);
        return frame;
    }

    /** Reads the preface and frames up to a HEADERS frame. */
    private static void awaitHeaders(InputStream in) throws IOException {
        in.readNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
        for (int type = -1; type != HEADERS; ) {
            byte[] header = in.readNBytes(FRAME_HEADER);
            if (header.length < FRAME_HEADER) {
                throw new IOException("closed");
            }
            in.readNBytes((header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | (header[2] & 0xff));
            type = header[3];
        }
    }

    private static void drain(InputStream in) throws IOException {
        in.transferTo(OutputStream.nullOutputStream());
    }
}
