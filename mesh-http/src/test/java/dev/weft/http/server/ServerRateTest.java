package dev.weft.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import dev.weft.testkit.NoShares;
import dev.weft.testkit.ScriptedPolicySource;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real server that is the service inventory of the policy. */
class ServerRateTest {
    private final ScriptedPolicySource policy = new ScriptedPolicySource();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Mesh mesh = Mesh.builder()
            .serves("inventory")
            .rateShares(new NoShares())
            .policy(policy)
            .metrics(registry)
            .drain(Duration.ZERO)
            .start();
    private final AtomicInteger handled = new AtomicInteger();
    private final OkHttpClient client = new OkHttpClient();
    private final HttpServer server;

    ServerRateTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/", exchange -> {
                    handled.incrementAndGet();
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                })
                .getFilters()
                .add(MeshFilter.of(mesh));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        mesh.close();
    }

    private Response get(String path, String... headers) throws IOException {
        Request.Builder request = new Request.Builder()
                .url("http://127.0.0.1:" + server.getAddress().getPort() + path);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try (Response response = client.newCall(request.build()).execute()) {
            return response;
        }
    }

    @Test
    void whatComesFasterIsRefusedAndToldWhenToComeAgain() throws IOException {
        policy.says("{weft: 1, services: {inventory: {server: {rate: {limit: 2/min}}}}}");
        assertThat(get("/").code()).isEqualTo(204);
        assertThat(get("/").code()).isEqualTo(204);
        Response refused = get("/");
        assertThat(refused.code()).isEqualTo(429);
        assertThat(Integer.parseInt(refused.header("Retry-After", ""))).isBetween(20, 30);
        assertThat(handled).hasValue(2);
        assertThat(registry.get("weft.server.refused")
                        .tag("reason", "rate")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void theLimitIsTheRoutesOrEachKeys() throws IOException {
        policy.says("""
                weft: 1
                services:
                  inventory:
                    server: {rate: {limit: 1/min, key: "header:x-user"}}
                    routes:
                      - {name: book, match: {path: /book}, server: {rate: {limit: 1/min, key: "cookie:session"}}}
                """);
        assertThat(get("/", "x-user", "ann").code()).isEqualTo(204);
        assertThat(get("/", "x-user", "ann").code()).isEqualTo(429);
        assertThat(get("/", "x-user", "bob").code()).isEqualTo(204);
        assertThat(get("/book", "Cookie", "a=b; session=1").code()).isEqualTo(204);
        assertThat(get("/book", "Cookie", "session=1").code()).isEqualTo(429);
        assertThat(get("/book", "Cookie", "session=2").code()).isEqualTo(204);
    }

    @Test
    void aPolicyThatComesOrGoesIsInUseForTheNextRequest() throws IOException {
        assertThat(get("/").code()).isEqualTo(204);
        policy.says("{weft: 1, defaults: {server: {rate: {limit: 1/d}}}}");
        assertThat(get("/").code()).isEqualTo(204);
        assertThat(get("/").code()).isEqualTo(429);
        policy.says("{weft: 1, defaults: {server: {rate: {limit: 1/d, mode: observe}}}}");
        assertThat(get("/").code()).isEqualTo(204);
        assertThat(get("/").code()).isEqualTo(204);
        assertThat(registry.get("weft.server.rate.observed").functionCounter().count())
                .isEqualTo(1);
    }

    @Test
    void aRequestWhoseRateCannotBeToldIsNotCountedForEver() throws IOException {
        policy.says("{weft: 1, defaults: {server: {rate: {limit: 1/d, shared: true}}}}");
        for (int i = 0; i < 3; i++) {
            assertThatIOException().isThrownBy(() -> get("/"));
        }
        await().untilAsserted(() -> assertThat(mesh.admission().underWay()).isZero());
    }

    @Test
    void aCallerOfTheMeshWaitsAsItIsTold() throws IOException {
        policy.says("{weft: 1, services: {inventory: {server: {rate: {limit: 60/min, burst: 1}}}}}");
        try (Mesh caller = Mesh.builder()
                .drain(Duration.ZERO)
                .resolver(StaticResolver.empty()
                        .with("inventory", "127.0.0.1:" + server.getAddress().getPort()))
                .start()) {
            var calls = MeshHttp.create(caller).callFactory();
            Request request = new Request.Builder().url("http://inventory/").build();
            for (int i = 0; i < 2; i++) {
                try (Response response = calls.newCall(request).execute()) {
                    assertThat(response.code()).isEqualTo(204);
                }
            }
        }
    }
}
