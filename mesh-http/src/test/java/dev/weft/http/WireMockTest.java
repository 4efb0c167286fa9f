package dev.weft.http;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import dev.weft.Mesh;
import dev.weft.call.MeshException;
import dev.weft.endpoint.StaticResolver;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole stack before WireMock: what each answer and each of its faults is taken for, and how often it is asked. */
class WireMockTest {
    @RegisterExtension
    static final WireMockExtension SERVER = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort())
            .build();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Mesh mesh = mesh("60s");

    private Mesh mesh(String deadline) {
        return Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + SERVER.getPort()))
                .metrics(registry)
                .set("deadline.total", deadline)
                .set("ejection.mode", "off")
                .drain(Duration.ZERO)
                .start();
    }

    @AfterEach
    void stop() {
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(mesh.clusters().values())
                        .allSatisfy(cluster -> assertThat(cluster.nodes())
                                .allSatisfy(node -> assertThat(node.inFlight()).isZero())));
        mesh.close();
    }

    private static void answer(ResponseDefinitionBuilder answer) {
        SERVER.stubFor(any(anyUrl()).willReturn(answer));
    }

    private Response send(String method) throws IOException {
        RequestBody body = method.equals("POST") || method.equals("PUT") ? RequestBody.create("{}", null) : null;
        return MeshHttp.create(mesh)
                .callFactory()
                .newCall(new Request.Builder()
                        .url("http://inventory/stock")
                        .method(method, body)
                        .build())
                .execute();
    }

    private static int asked() {
        return SERVER.findAll(anyRequestedFor(anyUrl())).size();
    }

    /** Once they are over: an answer that is tried again may be read on for a moment. */
    private void assertAttempts(String verdict, int times) {
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(verdicts()).containsExactly(Map.entry(verdict, times)));
    }

    private Map<String, Integer> verdicts() {
        Map<String, Integer> verdicts = new TreeMap<>();
        for (FunctionTimer timer : registry.find("weft.client.attempts").functionTimers()) {
            if (timer.count() > 0) {
                verdicts.merge(String.valueOf(timer.getId().getTag("verdict")), (int) timer.count(), Integer::sum);
            }
        }
        return verdicts;
    }

    @ParameterizedTest(name = "{0} {1}, Retry-After {2}: {3}, asked {4} times")
    @CsvSource({
        "GET, 200, , ok, 1",
        "GET, 304, , ok, 1",
        "GET, 404, , caller_error, 1",
        "GET, 425, , refused, 3",
        "POST, 425, , refused, 3",
        "GET, 429, , throttled, 1",
        "GET, 429, 0, throttled, 3",
        "POST, 429, 0, throttled, 1",
        "GET, 500, , server_error, 1",
        "GET, 500, 0, server_error, 1",
        "GET, 501, , server_error, 1",
        "GET, 502, , unavailable, 3",
        "POST, 502, , unavailable, 1",
        "GET, 503, , unavailable, 3",
        "HEAD, 503, , unavailable, 3",
        "PUT, 503, , unavailable, 3",
        "DELETE, 503, , unavailable, 3",
        "POST, 503, , unavailable, 1",
        "GET, 503, 0, unavailable, 3",
        "GET, 503, '-1', unavailable, 3",
        "GET, 503, soon, unavailable, 3",
        "GET, 503, 'Thu, 01 Jan 1970 00:00:00 GMT', unavailable, 3",
        // More than the deadline leaves, though at most five minutes of it are taken seriously.
        "GET, 503, 'Tue, 31 Dec 2999 23:59:59 GMT', unavailable, 1",
        "GET, 504, , unavailable, 3",
    })
    void eachStatusIsTakenForWhatItIsAndAskedAgainOnlyWhereThatIsSafe(
            String method, int status, String retryAfter, String verdict, int times) throws Exception {
        ResponseDefinitionBuilder answer = aResponse().withStatus(status);
        answer(retryAfter == null ? answer : answer.withHeader("Retry-After", retryAfter));
        try (Response response = send(method)) {
            assertThat(response.code()).isEqualTo(status);
            assertThat(response.header("Retry-After")).isEqualTo(retryAfter);
        }
        assertThat(asked()).isEqualTo(times);
        assertAttempts(verdict, times);
    }

    @Test
    void aWaitThatTheDeadlineDoesNotAllowIsNotBegun() throws Exception {
        answer(aResponse().withStatus(503).withHeader("Retry-After", "200"));
        try (Response response = send("GET")) {
            assertThat(response.code()).isEqualTo(503);
        }
        assertThat(asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"Mesh-Retry, no", "x-envoy-overloaded, true"})
    void anAnswerThatForbidsRetriesIsObeyed(String header, String value) throws Exception {
        answer(aResponse().withStatus(503).withHeader(header, value));
        send("GET").close();
        assertThat(asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "EMPTY_RESPONSE, GET, 3",
        "EMPTY_RESPONSE, POST, 1",
        "RANDOM_DATA_THEN_CLOSE, GET, 3",
        "RANDOM_DATA_THEN_CLOSE, POST, 1",
        "CONNECTION_RESET_BY_PEER, GET, 3",
        "CONNECTION_RESET_BY_PEER, POST, 1",
    })
    void aBrokenAnswerIsLostAndAskedForAgainOnlyWhereThatIsSafe(Fault fault, String method, int times) {
        answer(aResponse().withFault(fault));
        assertThatThrownBy(() -> send(method).close()).isInstanceOf(IOException.class);
        assertThat(asked()).isEqualTo(times);
        assertAttempts("lost", times);
    }

    @Test
    void chunksThatBreakAreTheReadersToSeeAndNothingIsAskedAgain() throws Exception {
        answer(aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK));
        try (Response response = send("GET")) {
            assertThat(response.code()).isEqualTo(200);
            assertThatThrownBy(() -> response.body().string()).isInstanceOf(IOException.class);
        }
        assertThat(asked()).isEqualTo(1);
        assertAttempts("ok", 1);
    }

    @Test
    void aBodyThatDribblesEndsAtTheDeadline() throws Exception {
        mesh.close();
        mesh = mesh("700ms");
        answer(aResponse().withBody("x".repeat(1000)).withChunkedDribbleDelay(100, 60_000));
        try (Response response = send("GET")) {
            assertThatThrownBy(() -> response.body().string()).hasMessage("timeout");
        }
        assertThat(asked()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void anAnswerThatIsLateEndsTheCallAtItsDeadline(String method) {
        mesh.close();
        mesh = mesh("500ms");
        answer(aResponse().withFixedDelay(5_000));
        assertThatThrownBy(() -> send(method)).isInstanceOf(MeshException.class);
        assertAttempts("timeout", 1);
    }

    @Test
    void faultsLeaveNoConnectionThatSpoilsTheNextCall() throws Exception {
        for (Fault fault : Fault.values()) {
            answer(aResponse().withFault(fault));
            try (Response response = send("POST")) {
                assertThat(response.code()).isEqualTo(200);
            } catch (IOException e) {
                assertThat(fault).isNotEqualTo(Fault.MALFORMED_RESPONSE_CHUNK);
            }
            answer(aResponse().withBody("fine"));
            try (Response response = send("POST")) {
                assertThat(response.body().string()).isEqualTo("fine");
            }
        }
    }
}
