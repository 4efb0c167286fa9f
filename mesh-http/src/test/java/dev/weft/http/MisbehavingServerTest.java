package dev.weft.http;

import static dev.weft.http.Rig.cause;
import static dev.weft.http.Rig.get;
import static dev.weft.http.Rig.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.ConnectSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way in which a server, or the way to it, lets a request down: told apart, cleaned up, and never sent twice in vain. */
class MisbehavingServerTest {
    /** What a server does before there is a head. */
    enum Fault {
        RESETS_BEFORE_READING(Verdict.LOST),
        CLOSES_BEFORE_READING(Verdict.LOST),
        RESETS_AFTER_READING(Verdict.LOST),
        CLOSES_AFTER_READING(Verdict.LOST),
        RESETS_IN_HEADERS(Verdict.LOST),
        CLOSES_IN_HEADERS(Verdict.LOST),
        TALKS_NONSENSE(Verdict.LOST),
        IS_SILENT(Verdict.TIMEOUT),
        TRICKLES_ITS_HEADERS(Verdict.TIMEOUT);

        final Verdict verdict;

        Fault(Verdict verdict) {
            this.verdict = verdict;
        }

        /** Nothing was sent yet where the connection was gone before. */
        Verdict early() {
            return this == RESETS_BEFORE_READING || this == CLOSES_BEFORE_READING ? Verdict.UNSENT : verdict;
        }

        void treat(RawServer.Peer peer) throws IOException, InterruptedException {
            if (this != RESETS_BEFORE_READING && this != CLOSES_BEFORE_READING) {
                peer.readRequest();
            }
            switch (this) {
                case RESETS_BEFORE_READING, RESETS_AFTER_READING -> peer.reset();
                case CLOSES_BEFORE_READING, CLOSES_AFTER_READING -> peer.socket.close();
                case RESETS_IN_HEADERS -> {
                    peer.write("HTTP/1.1 200 OK\r\nContent-Le");
                    peer.reset();
                }
                case CLOSES_IN_HEADERS -> peer.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n");
                case TALKS_NONSENSE -> {
                    peer.write("220 smtp.example.org ESMTP\r\n");
                    peer.silence();
                }
                case IS_SILENT -> peer.silence();
                case TRICKLES_ITS_HEADERS -> {
                    peer.write("HTTP/1.1 200 OK\r\nX: ");
                    peer.trickle();
                }
            }
        }
    }

    private static Request post() {
        return get("/").newBuilder().post(RequestBody.create("{}", null)).build();
    }

    private static Duration deadline(Fault fault) {
        return fault.verdict == Verdict.TIMEOUT ? Duration.ofMillis(300) : Duration.ofSeconds(60);
    }

    @ParameterizedTest
    @EnumSource
    void eachFaultIsToldApart(Fault fault) throws Exception {
        try (RawServer server = new RawServer(fault::treat);
                Rig rig = new Rig(server.port())) {
            for (boolean blocking : new boolean[] {true, false}) {
                for (Request request : List.of(get("/"), post())) {
                    Rig.Try tried = rig.attempt(request, blocking, deadline(fault));
                    assertThat(cause(tried.send())).isInstanceOf(IOException.class);
                    assertThat(tried.call.verdict())
                            .as("%s, blocking %s", request.method(), blocking)
                            .isIn(fault.verdict, fault.early());
                    rig.assertClean();
                    assertThat(tried.ends).hasValue(1);
                }
            }
            assertThat(server.connections())
                    .as("one connection for each attempt")
                    .isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGetIsAnsweredByAnotherReplicaAndAPostIsNotSentAgain(Fault fault) throws Exception {
        try (RawServer bad = new RawServer(fault::treat);
                RawServer good = new RawServer(RawServerTalk.POLITE);
                Mesh mesh = Mesh.builder()
                        .resolver(StaticResolver.empty()
                                .with("inventory", "127.0.0.1:" + bad.port(), "127.0.0.1:" + good.port()))
                        .set("balancer.kind", "roundRobin")
                        .set("retry.perTry", fault.verdict == Verdict.TIMEOUT ? "300ms" : "off")
                        .set("retry.budget.perSecond", "100")
                        .set("deadline.total", "60s")
                        .drain(Duration.ZERO)
                        .start()) {
            MeshHttp http = MeshHttp.create(mesh);
            for (int i = 0; i < 4; i++) {
                try (Response response = http.callFactory().newCall(get("/")).execute()) {
                    assertThat(response.body().string()).isEqualTo("fine");
                }
            }
            int before = bad.requests() + good.requests();
            int lost = 0;
            for (int i = 0; i < 2; i++) {
                try (Response response = http.callFactory().newCall(post()).execute()) {
                    assertThat(response.body().string()).isEqualTo("fine");
                } catch (IOException e) {
                    lost++;
                }
            }
            assertThat(bad.requests() + good.requests() - before)
                    .as("POSTs that some server has read; %d were lost", lost)
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void aRefusedConnectionIsUnsent() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        try (Rig rig = new Rig(port)) {
            Rig.Try tried = rig.attempt(post(), true, Duration.ofSeconds(60));
            tried.send();
            assertThat(tried.call.verdict()).isEqualTo(Verdict.UNSENT);
            rig.assertClean();
        }
    }

    @Test
    void aConnectionThatIsNotAcceptedInTimeIsUnsent() throws Exception {
        List<Socket> fillers = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Rig rig = new Rig(full.getLocalPort()).with(ConnectSettings.TIMEOUT, Duration.ofMillis(300))) {
            for (int i = 0; i < 3; i++) {
                Socket filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(new InetSocketAddress(full.getInetAddress(), full.getLocalPort()), 300);
                } catch (IOException backlogIsFull) {
                    break;
                }
            }
            Rig.Try tried = rig.attempt(post(), true, Duration.ofSeconds(60));
            tried.send();
            assertThat(tried.call.verdict()).isEqualTo(Verdict.UNSENT);
            assertThat(Duration.ofNanos(tried.call.endNanos() - tried.call.startNanos()))
                    .isLessThan(Duration.ofSeconds(20));
            rig.assertClean();
        } finally {
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void aStalePooledConnectionLosesAPostAndDoesNotRepeatIt() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        RawServer.Manners closesIdle = peer -> {
            peer.readRequest();
            peer.ok("fine");
            answered.await();
            peer.reset();
            gone.countDown();
        };
        try (RawServer server = new RawServer(closesIdle);
                Rig rig = new Rig(server.port())) {
            response(rig.send(get("/"), true)).body().string();
            rig.assertClean();
            answered.countDown();
            gone.await();
            Rig.Try tried = rig.attempt(post(), true, Duration.ofSeconds(60));
            tried.send();
            assertThat(tried.call.verdict()).isEqualTo(Verdict.LOST);
            assertThat(server.requests()).isEqualTo(1);
            rig.assertClean();
        }
    }

    // In the body: the head is the caller's already.

    @Test
    void aBodyShorterThanPromisedBreaksForItsReader() throws Exception {
        assertBodyBreaks(peer -> {
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfour");
        });
    }

    @Test
    void aBodyThatIsResetBreaksForItsReader() throws Exception {
        assertBodyBreaks(peer -> {
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfour");
            peer.reset();
        });
    }

    @Test
    void chunksThatAreNoneBreakForTheirReader() throws Exception {
        assertBodyBreaks(peer -> {
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n");
            peer.silence();
        });
    }

    private static void assertBodyBreaks(RawServer.Manners manners) throws Exception {
        try (RawServer server = new RawServer(manners);
                Rig rig = new Rig(server.port())) {
            for (boolean blocking : new boolean[] {true, false}) {
                Rig.Try tried = rig.attempt(get("/"), blocking, Duration.ofSeconds(60));
                Response response = response(tried.send());
                assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
                assertThat(tried.call.verdict()).isEqualTo(Verdict.OK);
                assertThat(tried.call.bodyFailure()).isInstanceOf(IOException.class);
                rig.assertClean();
                assertThat(tried.ends).hasValue(1);
            }
        }
    }

    @Test
    void aBodyLongerThanPromisedDoesNotSpoilTheNextAnswer() throws Exception {
        AtomicInteger count = new AtomicInteger();
        RawServer.Manners generous = peer -> {
            while (true) {
                peer.readRequest();
                boolean first = count.incrementAndGet() == 1;
                peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour" + (first ? "and more than that" : ""));
            }
        };
        try (RawServer server = new RawServer(generous);
                Rig rig = new Rig(server.port())) {
            assertThat(response(rig.send(get("/"), true)).body().string()).isEqualTo("four");
            rig.assertClean();
            Rig.Try next = rig.attempt(get("/"), true, Duration.ofSeconds(60));
            if (next.send() instanceof Success<Response> success) {
                assertThat(success.value().body().string()).isEqualTo("four");
            } else {
                assertThat(next.call.verdict()).isEqualTo(Verdict.LOST);
            }
            rig.assertClean();
        }
    }

    @Test
    void aTricklingBodyIsCutOffAtTheDeadline() throws Exception {
        RawServer.Manners trickle = peer -> {
            peer.readRequest();
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            peer.trickle();
        };
        try (RawServer server = new RawServer(trickle);
                Rig rig = new Rig(server.port())) {
            Rig.Try tried = rig.attempt(get("/"), true, Duration.ofMillis(500));
            Response response = response(tried.send());
            assertThatThrownBy(() -> response.body().string()).hasMessage("timeout");
            rig.assertClean();
        }
    }

    // The caller's own faults are nobody else's.

    @Test
    void aBodyThatCannotBeWrittenBlamesNoNode() throws Exception {
        try (RawServer server = new RawServer(RawServerTalk.POLITE);
                Rig rig = new Rig(server.port())) {
            for (Exception fault : List.of(new IOException("disk"), new IllegalStateException("bug"))) {
                Request request =
                        get("/").newBuilder().post(Bodies.failing(fault)).build();
                Rig.Try tried = rig.attempt(request, true, Duration.ofSeconds(60));
                assertThat(cause(tried.send())).isSameAs(fault);
                assertThat(tried.call.verdict().blamesNode()).isFalse();
                rig.assertClean();
                assertThat(tried.ends).hasValue(1);
            }
        }
    }

    @Test
    void aBodyThatMiscountsBlamesNoNode() throws Exception {
        try (RawServer server = new RawServer(RawServerTalk.POLITE);
                Rig rig = new Rig(server.port())) {
            for (int promised : new int[] {2, 20}) {
                Request request = get("/").newBuilder()
                        .post(Bodies.promising(promised, "ten bytes!"))
                        .build();
                Rig.Try tried = rig.attempt(request, true, Duration.ofSeconds(60));
                assertThat(cause(tried.send())).isInstanceOf(IOException.class);
                assertThat(tried.call.verdict().blamesNode())
                        .as("promised %d", promised)
                        .isFalse();
                rig.assertClean();
            }
        }
    }
}
