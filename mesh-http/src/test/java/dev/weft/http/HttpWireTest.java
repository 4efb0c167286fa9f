package dev.weft.http;

import static dev.weft.http.Rig.cause;
import static dev.weft.http.Rig.get;
import static dev.weft.http.Rig.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.call.Call;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.call.TimeoutHeader;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.stack.HttpProtocol;
import dev.weft.stack.HttpSettings;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.ConnectionPool;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpWireTest {
    private final MockWebServer server = new MockWebServer();
    private Rig rig = new Rig();

    @BeforeEach
    void start() throws IOException {
        server.start();
        rig = new Rig(server.getPort());
    }

    @AfterEach
    void stop() {
        rig.close();
        server.close();
    }

    private void speak(boolean h2) {
        if (h2) {
            server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
            rig.with(HttpSettings.PROTOCOL, HttpProtocol.H2C);
        }
    }

    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "true,true", "false,true"})
    void aBodyThatIsReadEndsTheAttemptOnce(boolean blocking, boolean h2) throws Exception {
        speak(h2);
        server.enqueue(new MockResponse.Builder().body("four").build());
        Rig.Try tried = rig.attempt(get("/stock"), blocking, Duration.ofSeconds(60));
        Response response = response(tried.send());
        assertThat(tried.ends).hasValue(0);
        assertThat(rig.node().inFlight()).isEqualTo(1);
        assertThat(response.body().string()).isEqualTo("four");
        rig.assertClean();
        assertThat(tried.ends).hasValue(1);
        assertThat(tried.call.verdict()).isEqualTo(Verdict.OK);
        assertThat(tried.call.status()).isEqualTo(200);
        assertThat(tried.call.bodyFailure()).isNull();
        assertThat(response.protocol()).isEqualTo(h2 ? Protocol.H2_PRIOR_KNOWLEDGE : Protocol.HTTP_1_1);
    }

    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "true,true", "false,true"})
    void aBodyThatIsClosedEarlyEndsTheAttempt(boolean blocking, boolean h2) throws Exception {
        speak(h2);
        server.enqueue(new MockResponse.Builder().body("x".repeat(500_000)).build());
        Rig.Try tried = rig.attempt(get("/stock"), blocking, Duration.ofSeconds(60));
        Response response = response(tried.send());
        assertThat(response.body().source().readUtf8(4)).isEqualTo("xxxx");
        response.close();
        rig.assertClean();
        assertThat(tried.ends).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "true,true", "false,true"})
    void anAnswerWithoutABodyEndsWithItsHead(boolean blocking, boolean h2) throws Exception {
        speak(h2);
        server.enqueue(new MockResponse.Builder().code(204).build());
        server.enqueue(
                new MockResponse.Builder().setHeader("Content-Length", 10).build());
        for (String method : new String[] {"GET", "HEAD"}) {
            Request request = get("/stock").newBuilder().method(method, null).build();
            Rig.Try tried = rig.attempt(request, blocking, Duration.ofSeconds(60));
            tried.send();
            assertThat(tried.call.verdict()).as(method).isEqualTo(Verdict.OK);
            rig.assertClean();
            assertThat(tried.ends).as(method).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyThatBreaksEndsTheAttemptWithItsReason(boolean blocking) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("x".repeat(1000))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());
        Rig.Try tried = rig.attempt(get("/stock"), blocking, Duration.ofSeconds(60));
        ResponseBody body = response(tried.send()).body();
        assertThatThrownBy(body::string).isInstanceOf(ProtocolException.class);
        rig.assertClean();
        assertThat(tried.ends).hasValue(1);
        assertThat(tried.call.bodyFailure()).isInstanceOf(ProtocolException.class);
    }

    @Test
    void theLogicalNameStaysInUrlAndHostAndThePortIsTheNodes() throws Exception {
        server.enqueue(new MockResponse.Builder().build());
        Request request =
                new Request.Builder().url("http://inventory:7777/stock?id=1").build();
        Response response = response(rig.send(request, true));
        RecordedRequest seen = server.takeRequest();
        assertThat(seen.getHeaders().get("Host")).isEqualTo("inventory:7777");
        assertThat(seen.getTarget()).isEqualTo("/stock?id=1");
        assertThat(response.request().url()).isEqualTo(request.url());
    }

    @Test
    void endpointsMayBeHostNames() throws Exception {
        server.enqueue(new MockResponse.Builder().body("by name").build());
        rig.cluster.endpoints(List.of(Endpoint.of("localhost", server.getPort())));
        assertThat(response(rig.send(get("/"), true)).body().string()).isEqualTo("by name");
    }

    @Test
    void aHostNameThatIsNotKnownIsUnsent() throws Exception {
        rig.cluster.endpoints(List.of(Endpoint.of("no-such-host.invalid", 80)));
        Rig.Try tried = rig.attempt(get("/"), true, Duration.ofSeconds(60));
        assertThat(cause(tried.send())).hasMessageContaining("no-such-host.invalid");
        assertThat(tried.call.verdict()).isEqualTo(Verdict.UNSENT);
        rig.assertClean();
    }

    @Test
    void eachAttemptTellsWhatTimeIsLeftAndFromTheSecondOnWhyItIsMade() throws Exception {
        server.enqueue(new MockResponse.Builder().code(503).build());
        server.enqueue(new MockResponse.Builder().build());
        Call call = new Call(get("/"), Policy.builtIn("inventory"), Pace.blocking(rig.time), rig.context);
        call.shorten(call.startNanos() + Duration.ofSeconds(20).toNanos());
        rig.attempt(call, rig.node()).send();
        rig.attempt(call, rig.node()).send();
        RecordedRequest first = server.takeRequest();
        RecordedRequest second = server.takeRequest();
        assertThat(first.getHeaders().get("Grpc-Timeout")).isEqualTo("20000000u");
        assertThat(first.getHeaders().get("Mesh-Attempt")).isNull();
        assertThat(TimeoutHeader.parse(second.getHeaders().get("Grpc-Timeout")))
                .isBetween(1L, Duration.ofSeconds(20).toNanos() - 1);
        assertThat(second.getHeaders().get("Mesh-Attempt")).isEqualTo("2;reason=unavailable");
    }

    @Test
    void theTimeSpentWaitingForDiscoveryOrAConnectionIsNotToldAsLeft() throws Exception {
        server.enqueue(new MockResponse.Builder().build());
        Rig.Try tried = rig.attempt(get("/"), true, Duration.ofSeconds(60));
        tried.call.waited(tried.call.startNanos() + Duration.ofSeconds(40).toNanos());
        response(tried.send()).close();
        assertThat(server.takeRequest().getHeaders().get("Grpc-Timeout")).isEqualTo("20000000u");
    }

    // Cutting off.

    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "true,true", "false,true"})
    void theDeadlineEndsASilentAttempt(boolean blocking, boolean h2) throws Exception {
        speak(h2);
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        Rig.Try tried = rig.attempt(get("/stock"), blocking, Duration.ofMillis(300));
        Throwable cause = cause(tried.send());
        assertThat(cause)
                .isInstanceOf(MeshException.class)
                .hasMessageContaining("inventory: the deadline passed while 127.0.0.1:" + server.getPort());
        assertThat(tried.call.verdict()).isEqualTo(Verdict.TIMEOUT);
        rig.assertClean();
        assertThat(tried.ends).hasValue(1);
    }

    @Test
    void theTimeForOneTryIsToldApartFromTheDeadline() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        Rig.Try tried = rig.attempt(get("/stock"), true, Duration.ofSeconds(60));
        tried.call.shorten(tried.call.startNanos() + Duration.ofMillis(200).toNanos());
        assertThat(cause(tried.send()))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessageContaining("the time for one try passed");
        assertThat(tried.call.verdict()).isEqualTo(Verdict.TIMEOUT);
        rig.assertClean();
    }

    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "true,true", "false,true"})
    void theDeadlineEndsABodyWithOkHttpsOwnTimeout(boolean blocking, boolean h2) throws Exception {
        speak(h2);
        server.enqueue(new MockResponse.Builder()
                .body("x".repeat(10_000))
                .throttleBody(1000, 10, TimeUnit.SECONDS)
                .build());
        Rig.Try tried = rig.attempt(get("/stock"), blocking, Duration.ofMillis(700));
        ResponseBody body = response(tried.send()).body();
        assertThatThrownBy(body::string)
                .isInstanceOf(InterruptedIOException.class)
                .hasMessage("timeout");
        rig.assertClean();
        assertThat(tried.ends).hasValue(1);
        assertThat(tried.call.bodyFailure()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void aBodyThatNobodyReadsOrClosesIsOverSoonAfterTheDeadline() throws Exception {
        server.enqueue(new MockResponse.Builder().body("x".repeat(100_000)).build());
        Rig.Try tried = rig.attempt(get("/stock"), true, Duration.ofMillis(300));
        Response abandoned = response(tried.send());
        await().atMost(Rig.PATIENCE).untilAsserted(() -> assertThat(tried.ends).hasValue(1));
        assertThat(rig.node().inFlight()).isZero();
        abandoned.close();
        rig.assertClean();
        assertThat(tried.ends).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"true,false", "false,false", "true,true", "false,true"})
    void cancellingLetsGoAtOnce(boolean blocking, boolean h2) throws Exception {
        speak(h2);
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        Rig.Try tried = rig.attempt(get("/stock"), blocking, Duration.ofSeconds(60));
        Thread canceller = new Thread(() -> {
            try {
                server.takeRequest();
                tried.call.logical().cancel();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        canceller.start();
        long start = System.nanoTime();
        Outcome<Response> outcome = tried.send();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        assertThat(cause(outcome)).isInstanceOf(IOException.class);
        assertThat(tried.call.verdict()).isEqualTo(Verdict.CANCELLED);
        canceller.join();
        rig.assertClean();
        assertThat(tried.ends).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cancellingBreaksAnOpenBody(boolean h2) throws Exception {
        speak(h2);
        server.enqueue(new MockResponse.Builder()
                .body("x".repeat(10_000))
                .throttleBody(1000, 10, TimeUnit.SECONDS)
                .build());
        Rig.Try tried = rig.attempt(get("/stock"), true, Duration.ofSeconds(60));
        Response response = response(tried.send());
        tried.call.logical().cancel();
        assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
        rig.assertClean();
        assertThat(tried.ends).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsCancelledBeforehandIsNotSent(boolean blocking) throws Exception {
        Rig.Try tried = rig.attempt(get("/stock"), blocking, Duration.ofSeconds(60));
        tried.call.logical().cancel();
        assertThat(cause(tried.send())).isInstanceOf(IOException.class);
        assertThat(tried.call.verdict()).isEqualTo(Verdict.CANCELLED);
        assertThat(server.getRequestCount()).isZero();
        rig.assertClean();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptedCallerIsLetGoWithItsFlagSet(boolean h2) throws Exception {
        speak(h2);
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        Rig.Try tried = rig.attempt(get("/stock"), true, Duration.ofSeconds(60));
        AtomicReference<Reply<Response>> reply = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            reply.set(tried.start());
            flag.set(Thread.currentThread().isInterrupted());
        });
        caller.start();
        server.takeRequest();
        caller.interrupt();
        caller.join(Rig.PATIENCE.toMillis());
        assertThat(caller.isAlive()).isFalse();
        assertThat(flag).hasValue(true);
        assertThat(cause((Outcome<Response>) Objects.requireNonNull(reply.get())))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(tried.call.verdict()).isEqualTo(Verdict.CANCELLED);
        assertThat(tried.call.logical().cancelled()).isTrue();
        rig.assertClean();
    }

    // Connections of a node.

    @Test
    void aNodeThatLeavesTakesItsIdleConnectionsAlongAndNoOthers() throws Exception {
        try (RawServer leaving = new RawServer(RawServerTalk.POLITE);
                RawServer staying = new RawServer(RawServerTalk.POLITE)) {
            rig.endpoints(leaving.port(), staying.port());
            Node left = rig.cluster.nodes().get(0);
            Node stays = rig.cluster.nodes().get(1);
            for (Node node : rig.cluster.nodes()) {
                Call call = new Call(get("/"), Policy.builtIn("inventory"), Pace.blocking(rig.time), rig.context);
                response(rig.attempt(call, node).send()).body().string();
            }
            ConnectionPool gone = rig.pool(left);
            assertThat(gone.idleConnectionCount()).isEqualTo(1);
            rig.endpoints(staying.port());
            assertThat(gone.connectionCount()).isZero();
            assertThat(rig.pool(stays).idleConnectionCount()).isEqualTo(1);
        }
    }

    @Test
    void aNodeThatLeavesKeepsTheConnectionOfARunningAttemptUntilItEnds() throws Exception {
        server.enqueue(new MockResponse.Builder().body("x".repeat(200_000)).build());
        Rig.Try tried = rig.attempt(get("/"), true, Duration.ofSeconds(60));
        Response response = response(tried.send());
        ConnectionPool pool = rig.pool(rig.node());
        rig.endpoints();
        assertThat(pool.connectionCount()).isEqualTo(1);
        assertThat(response.body().string()).hasSize(200_000);
        assertThat(pool.connectionCount()).isZero();
        assertThat(tried.call.bodyFailure()).isNull();
    }

    @Test
    void connectionsAreUsedAgain() throws Exception {
        for (int i = 0; i < 5; i++) {
            server.enqueue(new MockResponse.Builder().body("again").build());
            response(rig.send(get("/"), i % 2 == 0)).body().string();
            rig.assertClean();
            assertThat(server.takeRequest().getExchangeIndex()).isEqualTo(i);
        }
    }

    @Test
    void aRequestBodyIsSentOnceAndSaysItsLength() throws Exception {
        server.enqueue(new MockResponse.Builder().build());
        Request post =
                get("/").newBuilder().post(RequestBody.create("hello", null)).build();
        response(rig.send(post, true)).close();
        RecordedRequest seen = server.takeRequest();
        assertThat(seen.getBody()).isNotNull();
        assertThat(seen.getHeaders().get("Content-Length")).isEqualTo("5");
        rig.assertClean();
    }
}
