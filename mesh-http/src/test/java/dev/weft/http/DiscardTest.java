package dev.weft.http;

import static dev.weft.http.Rig.get;
import static dev.weft.http.Rig.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are tried again: nobody waits for what is left of them. */
class DiscardTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatTricklesIsDisposedOfAndItsConnectionWithIt(boolean blocking) throws Exception {
        RawServer.Manners trickle = peer -> {
            peer.readRequest();
            peer.write("HTTP/1.1 503 Later\r\nContent-Length: 100000\r\n\r\n");
            peer.trickle();
        };
        try (RawServer server = new RawServer(trickle);
                Rig rig = new Rig(server.port())) {
            Rig.Try tried = rig.attempt(get("/"), blocking, Duration.ofSeconds(60));
            Response unwanted = response(tried.send());
            assertThat(tried.call.verdict()).isEqualTo(Verdict.UNAVAILABLE);
            rig.wire.discard(unwanted);
            rig.assertClean();
            assertThat(tried.ends).hasValue(1);
            assertThat(rig.pool(rig.node()).connectionCount()).isZero();
        }
    }

    @Test
    void aShortAnswerLeavesItsConnectionForTheNext() throws Exception {
        RawServer.Manners busy = peer -> {
            while (true) {
                peer.readRequest();
                peer.write("HTTP/1.1 503 Later\r\nContent-Length: 4\r\n\r\nbusy");
            }
        };
        try (RawServer server = new RawServer(busy);
                Rig rig = new Rig(server.port())) {
            for (int i = 0; i < 3; i++) {
                rig.wire.discard(response(rig.send(get("/"), true)));
                rig.assertClean();
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void whoeverDiscardsDoesNotDoTheReadingThatMayBlock() throws Exception {
        CompletableFuture<Thread> closer = new CompletableFuture<>();
        try (Rig rig = new Rig()) {
            rig.wire.discard(answer(new Watched(10, closer)));
            assertThat(closer.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
        }
    }

    @Test
    void whatHasNoBodyIsClosedAtOnce() {
        CompletableFuture<Thread> closer = new CompletableFuture<>();
        try (Rig rig = new Rig()) {
            rig.wire.discard(answer(new Watched(0, closer)));
            assertThat(closer).isCompletedWithValue(Thread.currentThread());
        }
    }

    @Test
    void afterTheEndItIsClosedAllTheSame() {
        CompletableFuture<Thread> closer = new CompletableFuture<>();
        Rig rig = new Rig();
        rig.close();
        rig.wire.discard(answer(new Watched(10, closer)));
        assertThat(closer).isCompleted();
    }

    private static Response answer(ResponseBody body) {
        return new Response.Builder()
                .request(get("/"))
                .protocol(Protocol.HTTP_1_1)
                .code(503)
                .message("Later")
                .body(body)
                .build();
    }

    /** Tells which thread closes it. */
    private static final class Watched extends ResponseBody {
        private final long length;
        private final BufferedSource source;

        Watched(long length, CompletableFuture<Thread> closer) {
            this.length = length;
            this.source = Okio.buffer(new ForwardingSource(new Buffer()) {
                @Override
                public void close() throws IOException {
                    closer.complete(Thread.currentThread());
                    super.close();
                }
            });
        }

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return length;
        }

        @Override
        public BufferedSource source() {
            return source;
        }
    }
}
