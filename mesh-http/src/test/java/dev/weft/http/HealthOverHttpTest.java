package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedResolver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks over HTTP and TCP of real servers. */
@Timeout(120)
class HealthOverHttpTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final AtomicInteger status = new AtomicInteger(200);
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private @Nullable HttpServer server;
    private @Nullable Mesh mesh;
    private Call.@Nullable Factory calls;

    @AfterEach
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    private int serve(int port) throws IOException {
        HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        started.setExecutor(threads);
        started.createContext("/", exchange -> {
            String what = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            asked.add(what);
            boolean check = what.contains("health");
            byte[] body = "so it is".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(check ? status.get() : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        started.start();
        server = started;
        return started.getAddress().getPort();
    }

    private MeshBuilder client(String check, int port) {
        resolver.serve("inventory", "127.0.0.1:" + port);
        return Mesh.builder()
                .drain(Duration.ZERO)
                .resolver(resolver)
                .metrics(registry)
                .set("retry.attempts", "1")
                .set("health.check", check)
                .set("health.interval", "100ms");
    }

    private void start(MeshBuilder builder) {
        Mesh started = builder.start();
        mesh = started;
        calls = MeshHttp.create(started).callFactory();
        call();
    }

    private void call() {
        Request request = new Request.Builder().url("http://inventory/items").build();
        try (Response response = Objects.requireNonNull(calls).newCall(request).execute()) {
            assertThat(response.code()).isEqualTo(200);
        } catch (IOException e) {
            assertThat(e).as("where the server is gone").isNotNull();
        }
    }

    private Node node() {
        return Objects.requireNonNull(Objects.requireNonNull(mesh).clusters().get("inventory"))
                .nodes()
                .get(0);
    }

    private void becomes(Health wanted) {
        await().atMost(SOON).untilAsserted(() -> assertThat(node().health()).isEqualTo(wanted));
    }

    private double checks(String result) {
        return registry.get("weft.client.health.checks")
                .tag("result", result)
                .gauge()
                .value();
    }

    @Test
    void aServerWhoseChecksFlapFollowsThem() throws IOException {
        start(client("http", serve(0)).set("health.path", "/health?deep=1"));
        for (int i = 0; i < 3; i++) {
            status.set(i == 1 ? 302 : 503);
            becomes(Health.UNHEALTHY);
            status.set(200);
            becomes(Health.HEALTHY);
        }
        assertThat(asked).contains("GET /health?deep=1");
        assertThat(asked.stream().filter(what -> what.contains("items"))).hasSize(1);
    }

    @Test
    void aServerThatIsGoneIsUnhealthyAndIsFoundAgain() throws IOException {
        int port = serve(0);
        start(client("http", port));
        await().atMost(SOON).until(() -> checks("good") >= 1);
        Objects.requireNonNull(server).stop(0);
        becomes(Health.UNHEALTHY);
        serve(port);
        becomes(Health.HEALTHY);
    }

    @Test
    void aServerThatDoesNotAnswerInTimeIsUnhealthyToHttpAndHealthyToTcp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            MeshBuilder client = client("http", silent.getLocalPort())
                    .set("health.timeout", "50ms")
                    .set("deadline.total", "50ms");
            start(client);
            becomes(Health.UNHEALTHY);
            Objects.requireNonNull(mesh).close();
            start(client.set("health.check", "tcp"));
            await().atMost(SOON).until(() -> checks("good") >= 2);
            assertThat(node().health()).isEqualTo(Health.HEALTHY);
        }
    }

    @Test
    void byTcpAServerThatIsGoneIsUnhealthyAndIsFoundAgain() throws IOException {
        int port = serve(0);
        start(client("tcp", port));
        await().atMost(SOON).until(() -> checks("good") >= 1);
        Objects.requireNonNull(server).stop(0);
        becomes(Health.UNHEALTHY);
        serve(port);
        becomes(Health.HEALTHY);
    }

    @Test
    void realTrafficShowsThatANodeIsWell() throws IOException {
        start(client("http", serve(0)).set("health.interval", "10s"));
        for (int i = 0; i < 20; i++) {
            call();
        }
        assertThat(node().answeredSince(
                                System.nanoTime() - Duration.ofSeconds(5).toNanos()))
                .isTrue();
    }

    @Test
    void thePolicyOfNowIsGoneBy() throws IOException {
        ScriptedPolicySource policy = new ScriptedPolicySource();
        status.set(404);
        start(client("off", serve(0)).policy(policy));
        policy.says("weft: 1\ndefaults: {health: {check: http, path: /health}}\n");
        call();
        becomes(Health.UNHEALTHY);
        policy.says("weft: 1\ndefaults: {health: {check: http, path: /items}}\n");
        call();
        becomes(Health.HEALTHY);
        policy.says("weft: 1\ndefaults: {health: {check: grpc}}\n");
        call();
        assertThat(node().health()).isEqualTo(Health.HEALTHY);
    }
}
