package dev.weft.storefront;

import static dev.weft.storefront.Neighbour.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.consul.Consul;
import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import dev.weft.policy.PolicyStatus.State;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The storefront as it is run, called by another service of the mesh; nothing is played but the neighbours' answers. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StorefrontTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String BOOKING = "{\"number\": \"n1\", \"quantity\": 2}";
    private static final String STOCK = "{\"id\": \"lamp\", \"left\": 7}";

    @TempDir
    static Path folder;

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    private final HttpClient plain = HttpClient.newHttpClient();

    private ConsulAgent agent;
    private Neighbour inventory;
    private Neighbour pricing;
    private Storefront storefront;
    private Consul operator;
    private Mesh gateway;
    private MeshHttp visitor;

    @BeforeAll
    void moveIn() throws IOException {
        agent = ConsulAgent.start();
        agent.api().put("/v1/kv/weft/policy", policy());
        inventory = new Neighbour(agent.url(), "inventory", json(200, STOCK));
        pricing = new Neighbour(agent.url(), "pricing", json(200, "{}"));
        storefront = Storefront.start(settings("first", agent.url()), telemetry);
        operator = Consul.connect(agent.url());
        gateway = Mesh.builder()
                .resolver(operator.connectResolver())
                .identity(operator.identity("gateway"))
                .openTelemetry(telemetry)
                .with(mesh -> operator)
                .start();
        visitor = MeshHttp.create(gateway);
        awaitReady(storefront);
        await().atMost(LONG).until(() -> gateway.waitingFor().isEmpty());
    }

    @AfterAll
    void moveOut() {
        gateway.close();
        storefront.close();
        pricing.close();
        inventory.close();
        agent.close();
    }

    @BeforeEach
    void allIsWell() {
        inventory.answer(json(200, STOCK));
        pricing.answer(json(200, "{\"id\": \"lamp\", \"cents\": 1990}"));
        spans.reset();
    }

    private static Settings settings(String instance, String consul) {
        Map<String, String> environment = new HashMap<>();
        environment.put("CONSUL_HTTP_ADDR", consul);
        environment.put("PORT", "0");
        environment.put("ADMIN_PORT", "0");
        environment.put("INSTANCE", instance);
        environment.put("STATE_FOLDER", folder.resolve(instance).toString());
        environment.put("NOTICE_MILLIS", "300");
        return Settings.of(environment);
    }

    /** The one beside the README. */
    private static String policy() throws IOException {
        return Files.readString(Path.of("policy.yaml"));
    }

    private void awaitReady(Storefront storefront) {
        await().atMost(LONG).until(() -> admin(storefront, "/health").equals("200 ready\n"));
    }

    private String admin(Storefront storefront, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + storefront.adminPort() + path);
        var response = plain.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private String visit(String path) throws IOException {
        return call(visitor, path, null);
    }

    private static String call(MeshHttp http, String path, @Nullable String body) throws IOException {
        Request.Builder request = new Request.Builder().url("https://storefront" + path);
        if (body != null) {
            request.post(RequestBody.create(body.getBytes(StandardCharsets.UTF_8)));
        }
        try (Response response = http.callFactory().newCall(request.build()).execute()) {
            return response.code() + " " + response.body().string();
        }
    }

    @Test
    void anItemIsShownAndWhatCameInGoesOnToWhoIsAsked() throws IOException {
        assertThat(visit("/items/lamp")).isEqualTo("200 {\"id\":\"lamp\",\"left\":7,\"cents\":1990}");

        // The gateway has its answer a moment before the storefront's span ends.
        await().atMost(LONG).until(() -> served() != null);
        SpanData served = Objects.requireNonNull(served());
        assertThat(served.getName()).isEqualTo("GET /items/");
        assertThat(served.getParentSpanContext().isRemote()).isTrue();
        String trace = served.getTraceId();
        for (Neighbour neighbour : List.of(inventory, pricing)) {
            // Of a late attempt there is a second one.
            assertThat(neighbour.visits()).isNotEmpty().allSatisfy(visit -> {
                assertThat(visit.caller()).matches("spiffe://.+/ns/default/dc/dc1/svc/storefront");
                assertThat(visit.traceId()).isEqualTo(trace);
                assertThat(visit.deadline()).isNotNull();
            });
        }
    }

    private @Nullable SpanData served() {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == SpanKind.SERVER)
                .findFirst()
                .orElse(null);
    }

    @Test
    void anItemIsShownWithoutAPriceThatDoesNotCome() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        pricing.answer(exchange -> hold(never));
        try {
            assertThat(visit("/items/lamp")).isEqualTo("200 {\"id\":\"lamp\",\"left\":7}");
        } finally {
            never.countDown();
        }
    }

    @Test
    void aTryThatTakesTooLongIsFollowedByAnother() throws IOException {
        CountDownLatch answered = new CountDownLatch(1);
        AtomicInteger tries = new AtomicInteger();
        inventory.answer(exchange -> {
            if (tries.getAndIncrement() == 0) {
                hold(answered);
            }
            json(200, STOCK).handle(exchange);
        });
        try {
            assertThat(visit("/items/lamp")).startsWith("200 ");
            assertThat(tries).hasValue(2);
        } finally {
            answered.countDown();
        }
    }

    @Test
    void aBookingIsSentAgainSinceInventoryKnowsItByItsNumber() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        inventory.answer(exchange ->
                json(tries.getAndIncrement() == 0 ? 503 : 200, STOCK).handle(exchange));

        assertThat(call(visitor, "/items/lamp/bookings", BOOKING)).isEqualTo("201 {\"id\":\"lamp\",\"left\":7}");
        assertThat(tries).hasValue(2);
    }

    @Test
    void whatInventoryRefusesIsPassedOnAndWhatItCannotDoIsUnavailable() throws IOException {
        inventory.answer(json(404, "{}"));
        assertThat(visit("/items/nothing")).isEqualTo("404 {\"problem\":\"inventory answered 404\"}");

        inventory.answer(json(500, "{}"));
        assertThat(visit("/items/lamp")).isEqualTo("503 {\"problem\":\"inventory answered 500\"}");
        assertThat(call(visitor, "/items/lamp/bookings", "{\"wish\": 1}")).startsWith("400 ");
    }

    @Test
    void whoShowsNoCertificateIsNotServed() {
        URI uri = URI.create("https://127.0.0.1:" + storefront.port() + "/items/lamp");
        assertThatThrownBy(() -> plain.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        assertThat(inventory.visits()).isEmpty();
    }

    @Test
    void operatorsEditThePolicyAndSeeWhatBecameOfIt() throws Exception {
        try {
            agent.api().put("/v1/kv/weft/policy", policy().replace("attempts: 2", "attempts: many"));
            await().atMost(LONG).until(() -> published() == State.REFUSED);
            assertThat(admin(storefront, "/mesh")).contains("retry.attempts", "expected a whole number of 1 to 10");

            agent.api().put("/v1/kv/weft/policy", policy().replace("attempts: 3", "attempts: 1"));
            await().atMost(LONG).until(() -> published() == State.APPLIED);
            assertThat(admin(storefront, "/mesh")).containsPattern("retry.attempts +1 +policy route");
            assertThat(admin(storefront, "/mesh"))
                    .containsPattern("retry.perTry +400ms +annotation \\(InventoryApi.stock @PerTry\\)");
            assertThat(visit("/items/lamp")).startsWith("200 ");
            assertThat(admin(storefront, "/mesh")).containsPattern("inventory: \\[inventory@\\S+:\\d+\\]");
        } finally {
            agent.api().put("/v1/kv/weft/policy", policy());
        }
        await().atMost(LONG).until(() -> admin(storefront, "/mesh").matches("(?s).*retry.attempts +3 +policy route.*"));
    }

    private State published() throws IOException {
        return operator.statuses().stream()
                .filter(status -> status.instance().equals("first"))
                .map(status -> status.policy().state())
                .findFirst()
                .orElse(State.NONE);
    }

    @Test
    void itsMetricsCountCallsByService() throws Exception {
        visit("/items/lamp");
        // The visitor has its answer a moment before the call is counted.
        await().atMost(LONG)
                .until(() -> admin(storefront, "/metrics")
                        .matches("(?s).*weft_client_calls_seconds_count\\{[^}]*service=\"inventory\"[^}]*}.*"));
    }

    @Test
    void oneThatLeavesIsSparedEndsWhatItBeganAndLeavesNothingBehind() throws Exception {
        // The call that is under way shall outlast the notice.
        agent.api()
                .put(
                        "/v1/kv/weft/policy",
                        policy().replace("  inventory:\n", "  inventory:\n    deadline: {total: 20s}\n"));
        Storefront second = Storefront.start(settings("second", agent.url()), telemetry);
        awaitReady(second);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        inventory.answer(exchange -> {
            begun.countDown();
            hold(closed);
            json(200, STOCK).handle(exchange);
        });
        try (Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("storefront", "127.0.0.1:" + second.port()))
                .identity(operator.identity("second-gateway"))
                .start()) {
            MeshHttp http = MeshHttp.create(mesh);
            CompletableFuture<String> call = inBackground(() -> call(http, "/items/lamp/bookings", BOOKING));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Void> left = inBackground(() -> {
                second.close();
                return null;
            });
            await().atMost(LONG).until(() -> catalog().contains("_service_maintenance"));
            // It has told its callers, and now takes no connections any more.
            await().atMost(LONG).until(() -> refusesConnections(second.port()));
            closed.countDown();

            assertThat(call.get(20, TimeUnit.SECONDS)).startsWith("201 ");
            left.get(20, TimeUnit.SECONDS);
        }
        assertThat(catalog()).contains("\"first\"").doesNotContain("\"second\"");
        assertThat(operator.statuses()).noneMatch(status -> status.instance().equals("second"));
        agent.api().put("/v1/kv/weft/policy", policy());
    }

    private String catalog() {
        return agent.api().get("/v1/health/connect/storefront");
    }

    private static boolean refusesConnections(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> CompletableFuture<T> inBackground(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(task.call());
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                },
                "background");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    @Test
    void itStartsWithoutConsulAndSaysWhatItWaitsFor() throws Exception {
        try (Storefront lonely = Storefront.start(settings("lonely", "http://127.0.0.1:1"), telemetry)) {
            assertThat(admin(lonely, "/health"))
                    .startsWith("503 ")
                    .contains("waiting for policy", "waiting for identity from consul connect storefront");
        }
    }
}
