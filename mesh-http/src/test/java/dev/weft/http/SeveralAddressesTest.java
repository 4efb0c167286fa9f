package dev.weft.http;

import static dev.weft.http.Rig.cause;
import static dev.weft.http.Rig.get;
import static dev.weft.http.Rig.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Outcome;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.stack.ConnectSettings;
import dev.weft.testkit.BlackHole;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One endpoint with addresses of both families: connections are raced, on real sockets (RFC 8305). */
class SeveralAddressesTest {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final List<String> BOTH = List.of("::1", "127.0.0.1");

    private final MockWebServer v4 = new MockWebServer();
    private Rig rig = new Rig();

    @BeforeEach
    void start() throws IOException {
        v4.start(ip("127.0.0.1"), 0);
        rig.with(ConnectSettings.TIMEOUT, CONNECT);
        serves(rig, BOTH);
    }

    private static InetAddress ip(String literal) throws UnknownHostException {
        return InetAddress.getByName(literal);
    }

    private void serves(Rig rig, List<String> addresses) {
        rig.cluster.endpoints(List.of(Endpoint.of("a.test", v4.getPort()).withAddresses(addresses)));
    }

    @AfterEach
    void stop() {
        rig.close();
        v4.close();
    }

    private static Duration since(long startNanos) {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private void answers(int calls) {
        for (int i = 0; i < calls; i++) {
            v4.enqueue(new MockResponse.Builder().body("v4").build());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whileOneFamilyIsABlackHoleTheOtherServesAfterAQuarterOfASecond(boolean blocking) throws Exception {
        try (BlackHole v6 = new BlackHole("::1", v4.getPort())) {
            answers(1);
            long start = System.nanoTime();
            try (Response answer = response(rig.send(get("/"), blocking))) {
                assertThat(answer.body().string()).isEqualTo("v4");
            }
            assertThat(since(start))
                    .as("the second address is tried after 250 ms, long before %s has passed", CONNECT)
                    .isBetween(Duration.ofMillis(240), CONNECT.dividedBy(4));
            assertThat(v6.port()).isEqualTo(v4.getPort());
        }
        rig.assertClean();
    }

    @Test
    void whereOneFamilyRefusesTheOtherServesAtOnceAndTheConnectionIsKept() throws Exception {
        answers(2);
        for (int i = 0; i < 2; i++) {
            response(rig.send(get("/"), true)).close();
        }
        assertThat(v4.takeRequest().getConnectionIndex())
                .isEqualTo(v4.takeRequest().getConnectionIndex());
        rig.assertClean();
    }

    @Test
    void whereNeitherAnswersTheFailureNamesBothAndWhatBecameOfEach() throws Exception {
        rig.with(ConnectSettings.TIMEOUT, Duration.ofMillis(600));
        int port;
        try (BlackHole v6 = new BlackHole("::1", 0)) {
            port = v6.port();
            rig.cluster.endpoints(List.of(Endpoint.of("a.test", port).withAddresses(BOTH)));
            long start = System.nanoTime();
            Rig.Try tried = rig.attempt(get("/"), true, Duration.ofSeconds(60));
            Throwable cause = cause(tried.send());
            assertThat(cause)
                    .hasMessageContaining("inventory@a.test:" + port)
                    .hasMessageContaining("[0:0:0:0:0:0:0:1]:" + port + ": Connect timed out")
                    .hasMessageContaining("127.0.0.1:" + port + ": Connection refused");
            assertThat(tried.call.verdict()).isEqualTo(Verdict.UNSENT);
            assertThat(since(start)).isBetween(Duration.ofMillis(600), Duration.ofSeconds(10));
        }
        rig.assertClean();
    }

    @Test
    void theDeadlineHoldsWhileBothAreBlackHoles() throws Exception {
        try (BlackHole v6 = new BlackHole("::1", 0);
                BlackHole hole4 = new BlackHole("127.0.0.1", v6.port())) {
            rig.cluster.endpoints(List.of(Endpoint.of("a.test", hole4.port()).withAddresses(BOTH)));
            long start = System.nanoTime();
            Rig.Try tried = rig.attempt(get("/"), true, Duration.ofMillis(400));
            tried.send();
            assertThat(tried.call.verdict()).isEqualTo(Verdict.UNSENT);
            assertThat(since(start)).isBetween(Duration.ofMillis(390), CONNECT.dividedBy(4));
        }
        rig.assertClean();
    }

    @Test
    void eachAddressHasTheConnectTimeoutAndNoMore() throws Exception {
        rig.with(ConnectSettings.TIMEOUT, Duration.ofMillis(500));
        try (BlackHole v6 = new BlackHole("::1", 0);
                BlackHole hole4 = new BlackHole("127.0.0.1", v6.port())) {
            rig.cluster.endpoints(List.of(Endpoint.of("a.test", hole4.port()).withAddresses(BOTH)));
            long start = System.nanoTime();
            Throwable cause = cause(rig.send(get("/"), true));
            assertThat(cause).isInstanceOf(SocketTimeoutException.class);
            assertThat(since(start)).isBetween(Duration.ofMillis(740), Duration.ofSeconds(10));
        }
        rig.assertClean();
    }

    @Test
    void anInterruptedCallerIsLetGoWithItsFlagSet() throws Exception {
        try (BlackHole v6 = new BlackHole("::1", 0);
                BlackHole hole4 = new BlackHole("127.0.0.1", v6.port())) {
            rig.cluster.endpoints(List.of(Endpoint.of("a.test", hole4.port()).withAddresses(BOTH)));
            Rig.Try tried = rig.attempt(get("/"), true, Duration.ofSeconds(60));
            Thread.currentThread().interrupt();
            tried.start();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(tried.call.verdict()).isEqualTo(Verdict.CANCELLED);
        }
        rig.assertClean();
    }

    @Test
    void aHostNameThatTheTransportLooksUpIsRacedLikewise() throws Exception {
        rig.close();
        Dns both = host -> List.of(ip("::1"), ip("127.0.0.1"));
        rig = new Rig(new OkHttpClient.Builder().dns(both).build()).with(ConnectSettings.TIMEOUT, CONNECT);
        serves(rig, List.of());
        try (BlackHole v6 = new BlackHole("::1", v4.getPort())) {
            answers(1);
            long start = System.nanoTime();
            response(rig.send(get("/"), true)).close();
            assertThat(since(start)).isLessThan(CONNECT.dividedBy(4));
            assertThat(v6.port()).isEqualTo(v4.getPort());
        }
    }

    @Test
    void whenTheAddressesChangeTheNodeStaysAndItsConnectionsAreMadeAnew() throws Exception {
        answers(3);
        response(rig.send(get("/"), true)).close();
        Node before = rig.node();
        serves(rig, List.of("127.0.0.1"));
        Outcome<Response> second = rig.send(get("/"), true);
        response(second).close();
        assertThat(rig.node()).isSameAs(before);
        assertThat(v4.takeRequest().getConnectionIndex())
                .isNotEqualTo(v4.takeRequest().getConnectionIndex());
        serves(rig, List.of("127.0.0.2"));
        try (BlackHole elsewhere = new BlackHole("127.0.0.2", v4.getPort())) {
            rig.with(ConnectSettings.TIMEOUT, Duration.ofMillis(300));
            assertThat(cause(rig.send(get("/"), true))).hasMessageContaining("127.0.0.2:" + elsewhere.port());
        }
        rig.assertClean();
    }
}
