package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Deadline;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.TimeoutHeader;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.testkit.Threads;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshHttpTest {
    private final MockWebServer server = new MockWebServer();
    private Mesh mesh = Mesh.builder().start();
    private Call.Factory calls = MeshHttp.create(mesh).callFactory();

    @BeforeEach
    void start() throws IOException {
        server.start();
        mesh(Mesh.builder());
    }

    private MeshHttp mesh(MeshBuilder builder) {
        mesh.close();
        mesh = builder.resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + server.getPort()))
                .drain(Duration.ofMillis(10))
                .start();
        MeshHttp http = MeshHttp.create(mesh);
        calls = http.callFactory();
        return http;
    }

    @AfterEach
    void stop() {
        assertNothingIsOpen();
        mesh.close();
        server.close();
    }

    private void assertNothingIsOpen() {
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(mesh.clusters().values().stream()
                                .flatMap(cluster -> cluster.nodes().stream())
                                .mapToInt(Node::inFlight)
                                .sum())
                        .isZero());
    }

    private static Request get() {
        return new Request.Builder().url("http://inventory/stock/1").build();
    }

    private static Request post() {
        return get().newBuilder().post(RequestBody.create("{}", null)).build();
    }

    private Response send(Request request, boolean blocking) throws Exception {
        Call call = calls.newCall(request);
        if (blocking) {
            return call.execute();
        }
        try {
            return enqueue(call).get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private static CompletableFuture<Response> enqueue(Call call) {
        CompletableFuture<Response> answer = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                answer.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call done, Response response) {
                answer.complete(response);
            }
        });
        return answer;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theHostOfTheUrlIsTheService(boolean blocking) throws Exception {
        server.enqueue(new MockResponse.Builder().body("42").build());
        try (Response response = send(get(), blocking)) {
            assertThat(response.body().string()).isEqualTo("42");
            assertThat(response.request().url()).isEqualTo(get().url());
        }
        assertThat(server.takeRequest().getHeaders().get("Host")).isEqualTo("inventory");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUnavailableAnswerToAGetIsTriedAgain(boolean blocking) throws Exception {
        server.enqueue(new MockResponse.Builder().code(503).body("not now").build());
        server.enqueue(new MockResponse.Builder().body("42").build());
        try (Response response = send(get(), blocking)) {
            assertThat(response.body().string()).isEqualTo("42");
        }
        server.takeRequest();
        assertThat(server.takeRequest().getHeaders().get("Mesh-Attempt")).isEqualTo("2;reason=unavailable");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPostIsSentOnceAndItsAnswerReachesTheCaller(boolean blocking) throws Exception {
        server.enqueue(new MockResponse.Builder().code(503).body("not now").build());
        try (Response response = send(post(), blocking)) {
            assertThat(response.code()).isEqualTo(503);
            assertThat(response.body().string()).isEqualTo("not now");
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void okHttpDoesNotSendAPostAgainThatWasToBeTriedAgainAtOnce(boolean blocking) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(503)
                .setHeader("Retry-After", 0)
                .body("not now")
                .build());
        server.enqueue(new MockResponse.Builder().body("sent twice").build());
        try (Response response = send(post(), blocking)) {
            assertThat(response.code()).isEqualTo(503);
            assertThat(response.header("Retry-After")).isEqualTo("0");
            assertThat(response.body().string()).isEqualTo("not now");
        }
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void redirectsAreTheCallersToFollow() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(302)
                .setHeader("Location", "http://elsewhere/")
                .build());
        try (Response response = send(get(), true)) {
            assertThat(response.code()).isEqualTo(302);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServiceWithoutEndpointsFailsWithAWord(boolean blocking) {
        mesh(Mesh.builder());
        Request request = new Request.Builder().url("http://pricing/").build();
        assertThatThrownBy(() -> send(request, blocking))
                .isInstanceOf(MeshException.class)
                .hasMessageContaining("pricing")
                .extracting(e -> ((MeshException) e).fate())
                .isEqualTo(Fate.NO_ENDPOINT);
    }

    @Test
    void anAddressIsNoService() {
        for (String url : List.of("http://127.0.0.1:8080/", "http://[::1]/")) {
            Request request = new Request.Builder().url(url).build();
            assertThatThrownBy(() -> calls.newCall(request))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("names a service");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCallersOwnTimeoutBoundsTheWholeCall(boolean blocking) {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        Call call = calls.newCall(get());
        call.timeout().timeout(300, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> {
                    if (blocking) {
                        call.execute();
                    } else {
                        enqueue(call).get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                    }
                })
                .satisfies(e -> assertThat(e instanceof ExecutionException ? e.getCause() : e)
                        .isInstanceOf(MeshException.class)
                        .extracting(cause -> ((MeshException) cause).fate())
                        .isEqualTo(Fate.FAILED_DEADLINE));
    }

    @Test
    void theDeadlineOfTheContextIsToldToTheServer() throws Exception {
        server.enqueue(new MockResponse.Builder().build());
        Context context = Deadline.after(Duration.ofSeconds(5)).storeInContext(Context.root());
        context.wrap(() -> send(get(), true)).call().close();
        long told = TimeoutHeader.parse(server.takeRequest().getHeaders().get("Grpc-Timeout"));
        assertThat(told).isBetween(1L, Duration.ofSeconds(5).toNanos());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallCanBeCancelled(boolean blocking) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        Call call = calls.newCall(get());
        CompletableFuture<Response> answer = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                answer.complete(call.execute());
            } catch (IOException e) {
                answer.completeExceptionally(e);
            }
        });
        CompletableFuture<Response> awaited = answer;
        if (blocking) {
            caller.start();
        } else {
            awaited = enqueue(call);
        }
        server.takeRequest();
        call.cancel();
        assertThat(call.isCanceled()).isTrue();
        CompletableFuture<Response> cancelled = awaited;
        assertThatThrownBy(() -> cancelled.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(IOException.class);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void aCallCancelledBeforehandIsNotSent() {
        Call call = calls.newCall(get());
        call.cancel();
        assertThatThrownBy(call::execute).isInstanceOf(IOException.class);
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void aCallIsMadeOnceAndItsCloneAgain() throws Exception {
        server.enqueue(new MockResponse.Builder().build());
        server.enqueue(new MockResponse.Builder().build());
        Call call = calls.newCall(get());
        assertThat(call.isExecuted()).isFalse();
        call.execute().close();
        assertThat(call.isExecuted()).isTrue();
        assertThatThrownBy(call::execute).isInstanceOf(IllegalStateException.class);
        call.clone().execute().close();
    }

    @Test
    void tagsAreThoseOfTheRequestAndThoseMadeLater() {
        Call call = calls.newCall(
                get().newBuilder().tag(String.class, "of the request").build());
        assertThat(call.tag(String.class)).isEqualTo("of the request");
        assertThat(call.tag(Integer.class)).isNull();
        assertThat(call.tag(Integer.class, () -> 7)).isEqualTo(7);
        assertThat(call.tag(Integer.class, () -> 8)).isEqualTo(7);
        assertThat(call.tag(Integer.class)).isEqualTo(7);
    }

    @Test
    void aListenerHearsEachAttempt() throws Exception {
        server.enqueue(new MockResponse.Builder().code(503).build());
        server.enqueue(new MockResponse.Builder().build());
        AtomicInteger starts = new AtomicInteger();
        AtomicInteger ends = new AtomicInteger();
        Call call = calls.newCall(get());
        call.addEventListener(new EventListener() {
            @Override
            public void callStart(Call attempt) {
                starts.incrementAndGet();
            }

            @Override
            public void callEnd(Call attempt) {
                ends.incrementAndGet();
            }
        });
        call.execute().close();
        assertThat(starts).hasValue(2);
        assertThat(ends).hasValue(2);
    }

    // Through a client of its own, for libraries that take no Call.Factory.

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterceptorBringsAClientIntoTheMesh(boolean blocking) throws Exception {
        MeshHttp http = mesh(Mesh.builder());
        OkHttpClient client =
                new OkHttpClient.Builder().addInterceptor(http.interceptor()).build();
        calls = client;
        server.enqueue(new MockResponse.Builder().code(503).build());
        server.enqueue(new MockResponse.Builder().body("42").build());
        try (Response response = send(get(), blocking)) {
            assertThat(response.body().string()).isEqualTo("42");
        }
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void cancellingTheClientsCallCancelsTheMeshs() throws Exception {
        MeshHttp http = mesh(Mesh.builder());
        OkHttpClient client =
                new OkHttpClient.Builder().addInterceptor(http.interceptor()).build();
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        Call call = client.newCall(get());
        CompletableFuture<Response> answer = enqueue(call);
        server.takeRequest();
        call.cancel();
        assertThatThrownBy(() -> answer.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void theClientsCallTimeoutBoundsTheMeshs() throws Exception {
        MeshHttp http = mesh(Mesh.builder());
        OkHttpClient client = new OkHttpClient.Builder()
                .addInterceptor(http.interceptor())
                .callTimeout(Duration.ofMillis(300))
                .build();
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        assertThatThrownBy(() -> client.newCall(get()).execute()).isInstanceOf(IOException.class);
        assertThat(TimeoutHeader.parse(server.takeRequest().getHeaders().get("Grpc-Timeout")))
                .isLessThanOrEqualTo(Duration.ofMillis(300).toNanos());
    }

    // Closing.

    @Test
    void closingTheMeshCutsOffWhatDoesNotEndByItself() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        CompletableFuture<Response> answer = enqueue(calls.newCall(get()));
        server.takeRequest();
        mesh.close();
        assertThatThrownBy(() -> answer.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> calls.newCall(get()).execute()).hasMessageContaining("closed");
    }

    @Test
    void closingTheMeshEndsEveryThread() throws Exception {
        server.enqueue(new MockResponse.Builder().build());
        server.enqueue(new MockResponse.Builder().build());
        enqueue(calls.newCall(get()))
                .get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .close();
        send(get(), true).close();
        mesh.close();
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(Threads.names()).noneMatch(name -> name.startsWith("weft-http")));
    }
}
