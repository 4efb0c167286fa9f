package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.MeshException;
import dev.weft.endpoint.StaticResolver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two services: inventory, and archive, which may answer in its place. */
class FallbackOverHttpTest {
    private final MockWebServer inventory = new MockWebServer();
    private final MockWebServer archive = new MockWebServer();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MeshBuilder builder =
            Mesh.builder().metrics(registry).drain(Duration.ofMillis(10)).set("retry.attempts", "1");
    private Mesh mesh = Mesh.builder().start();
    private MeshHttp http = MeshHttp.create(mesh);

    @BeforeEach
    void start() throws IOException {
        inventory.start();
        archive.start();
        answers(archive, new MockResponse.Builder().body("archived").build());
    }

    @AfterEach
    void stop() {
        mesh.close();
        inventory.close();
        archive.close();
    }

    private void mesh() {
        mesh.close();
        mesh = builder.resolver(StaticResolver.empty()
                        .with("inventory", "127.0.0.1:" + inventory.getPort())
                        .with("archive", "127.0.0.1:" + archive.getPort()))
                .start();
        http = MeshHttp.create(mesh);
    }

    private static void answers(MockWebServer server, MockResponse always) {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return always;
            }
        });
    }

    private static MockResponse status(int code) {
        return new MockResponse.Builder().code(code).body("status " + code).build();
    }

    private static MockResponse silence() {
        return new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build();
    }

    private static Request get() {
        return new Request.Builder().url("http://inventory/stock/1?q=2").build();
    }

    private String send(Request request, boolean blocking) throws Exception {
        Call call = http.callFactory().newCall(request);
        if (blocking) {
            try (Response response = call.execute()) {
                return response.code() + " " + response.body().string();
            }
        }
        CompletableFuture<String> answer = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                answer.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call done, Response response) {
                try (response) {
                    answer.complete(response.code() + " " + response.body().string());
                } catch (IOException e) {
                    answer.completeExceptionally(e);
                }
            }
        });
        return answer.get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anotherServiceIsAskedTheSame(boolean blocking) throws Exception {
        builder.set("inventory", "fallback.service", "archive");
        mesh();
        answers(inventory, status(503));
        assertThat(send(get(), blocking)).isEqualTo("200 archived");
        RecordedRequest asked = archive.takeRequest(1, TimeUnit.SECONDS);
        assertThat(asked).isNotNull();
        assertThat(asked.getTarget()).isEqualTo("/stock/1?q=2");
        assertThat(asked.getHeaders().get("Grpc-Timeout"))
                .as("the time that is left")
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theBodyOfItsAnswerMayComeLater(boolean blocking) throws Exception {
        builder.set("inventory", "fallback.service", "archive");
        mesh();
        answers(inventory, status(503));
        answers(
                archive,
                new MockResponse.Builder()
                        .body("archived")
                        .bodyDelay(200, TimeUnit.MILLISECONDS)
                        .build());
        assertThat(send(get(), blocking)).isEqualTo("200 archived");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404})
    void notForWhatTheCallerIsToBlameFor(int code) throws Exception {
        builder.set("inventory", "fallback.service", "archive").set("inventory", "fallback.status", "200");
        mesh();
        answers(inventory, status(code));
        assertThat(send(get(), true)).isEqualTo(code + " status " + code);
        assertThat(archive.getRequestCount()).isZero();
    }

    @Test
    void aFallbackThatFailsLeavesTheAnswerAsItWas() throws Exception {
        builder.set("inventory", "fallback.service", "archive").set("archive", "fallback.service", "inventory");
        mesh();
        answers(inventory, status(503));
        answers(archive, status(500));
        assertThat(send(get(), true)).isEqualTo("503 status 503");
        assertThat(inventory.getRequestCount())
                .as("no fallback of the fallback")
                .isEqualTo(1);
        assertThat(archive.getRequestCount()).isEqualTo(1);
    }

    @Test
    void whatMayHaveBeenDoneIsNotDoneElsewhere() throws Exception {
        builder.set("inventory", "fallback.service", "archive");
        mesh();
        answers(inventory, status(503));
        Request post = get().newBuilder().post(RequestBody.create("{}", null)).build();
        assertThat(send(post, true)).isEqualTo("503 status 503");
        assertThat(archive.getRequestCount()).isZero();
    }

    @Test
    void aBodyThatIsReadOnlyOnceGoesNowhereElse() throws Exception {
        builder.set("inventory", "fallback.service", "archive");
        mesh();
        answers(inventory, status(503));
        Request put = get().newBuilder()
                .put(new RequestBody() {
                    @Override
                    public MediaType contentType() {
                        return MediaType.get("text/plain");
                    }

                    @Override
                    public boolean isOneShot() {
                        return true;
                    }

                    @Override
                    public void writeTo(BufferedSink sink) throws IOException {
                        sink.writeUtf8("once");
                    }
                })
                .build();
        assertThat(send(put, true)).isEqualTo("503 status 503");
        assertThat(archive.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFixedAnswerComesWhenNobodyIsThere(boolean blocking) throws Exception {
        builder.set("fallback.status", "200").set("fallback.body", "{\"stock\": \"unknown\"}");
        mesh();
        inventory.close();
        assertThat(send(get(), blocking)).isEqualTo("200 {\"stock\": \"unknown\"}");
        assertThat(Objects.requireNonNull(mesh.clusters().get("inventory"))
                        .nodes()
                        .get(0)
                        .inFlight())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFixedAnswerComesAtTheDeadlineToo(boolean blocking) throws Exception {
        builder.set("fallback.status", "203").set("deadline.total", "300ms");
        mesh();
        answers(inventory, silence());
        assertThat(send(get(), blocking)).isEqualTo("203 ");
    }

    @Test
    void theFateIsFallback() throws Exception {
        builder.set("fallback.status", "200");
        mesh();
        answers(inventory, status(500));
        send(get(), true);
        assertThat(registry.getMeters().stream()
                        .map(meter -> meter.getId().getTag("fate"))
                        .filter("fallback"::equals))
                .isNotEmpty();
    }

    @Test
    void codeAnswersWhereTheOtherServiceHasNot() throws Exception {
        builder.set("inventory", "fallback.service", "archive");
        mesh();
        answers(inventory, status(503));
        answers(archive, status(503));
        AtomicInteger asked = new AtomicInteger();
        http.fallback("inventory", request -> {
            asked.incrementAndGet();
            return new Response.Builder()
                    .request(request)
                    .protocol(Protocol.HTTP_1_1)
                    .code(200)
                    .message("kept")
                    .body(ResponseBody.create("from code", null))
                    .build();
        });
        assertThat(send(get(), true)).isEqualTo("200 from code");
        assertThat(asked).hasValue(1);
        assertThatThrownBy(() -> http.fallback("inventory", request -> null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("before its first call");
    }

    @Test
    void codeThatThrowsLeavesTheFailureAsItWas() throws Exception {
        builder.set("rate.limit", "1/d");
        mesh();
        http.fallback("inventory", request -> {
            throw new IllegalStateException("a bug");
        });
        answers(inventory, status(200));
        assertThat(send(get(), true)).isEqualTo("200 status 200");
        assertThatThrownBy(() -> send(get(), true))
                .isInstanceOf(MeshException.class)
                .hasMessageContaining("more calls than 1/d");
    }

    @Test
    void theBreakerHearsOfTheFailuresAndNotOfTheFallback() throws Exception {
        builder.set("fallback.status", "200")
                .set("breaker.mode", "enforce")
                .set("breaker.minCalls", "5")
                .set("ejection.mode", "off");
        mesh();
        answers(inventory, status(503));
        for (int i = 0; i < 20; i++) {
            assertThat(send(get(), true)).isEqualTo("200 ");
        }
        assertThat(inventory.getRequestCount()).as("the breaker is open").isLessThan(20);
    }
}
