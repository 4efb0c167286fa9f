package dev.weft.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.RetriesSpent;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.TestCa;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The filter in the JDK's HTTPS server, called over mTLS. */
class MeshFilterOverTlsTest {
    private static final TestCa CA = TestCa.root("example.org");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScriptedPolicySource policy = new ScriptedPolicySource();
    private final Mesh inventory = mesh("inventory").policy(policy).start();
    private final Keyring identity = Objects.requireNonNull(inventory.identity());
    private final ServerTls tls = new ServerTls(identity, TlsMode.STRICT, inventory.time());
    private HttpsServer server;

    private static MeshBuilder mesh(String name) {
        return Mesh.builder()
                .drain(Duration.ZERO)
                .identity(new FixedIdentity(CA.consulSvid(name).trusting(CA)));
    }

    @BeforeEach
    void serve() throws IOException {
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        server.setExecutor(threads);
        server.createContext("/", this::tellWhoCalls).getFilters().add(MeshFilter.of(inventory));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
        inventory.close();
    }

    private void tellWhoCalls(HttpExchange exchange) throws IOException {
        RetriesSpent.tell(Context.current());
        byte[] body = String.valueOf(tls.client(((HttpsExchange) exchange).getSSLSession()))
                .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(500, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Mesh caller(String name) {
        return mesh(name)
                .set("retry.attempts", "1")
                .resolver(StaticResolver.empty()
                        .with("inventory", "127.0.0.1:" + server.getAddress().getPort()))
                .start();
    }

    private static int status(Mesh caller) throws IOException {
        try (Response response = MeshHttp.create(caller)
                .callFactory()
                .newCall(new Request.Builder().url("https://inventory/").build())
                .execute()) {
            return response.code();
        }
    }

    /** By the certificate, and not by what anybody says of himself. */
    @Test
    void eachCallerHasTheLimitForItself() throws IOException {
        policy.says("{weft: 1, defaults: {server: {rate: {limit: 1/d, key: caller}}}}");
        try (Mesh storefront = caller("storefront");
                Mesh again = caller("storefront");
                Mesh billing = caller("billing")) {
            assertThat(status(storefront)).as("the handler's own").isEqualTo(500);
            assertThat(status(again)).as("the same caller, another connection").isEqualTo(429);
            assertThat(status(billing)).isEqualTo(500);
        }
    }

    @Test
    void handlersBehindTheFilterCanAskWhoCalls() throws IOException {
        try (Mesh storefront = caller("storefront");
                Response response = MeshHttp.create(storefront)
                        .callFactory()
                        .newCall(new Request.Builder().url("https://inventory/").build())
                        .execute()) {
            assertThat(response.body().string()).isEqualTo("spiffe://example.org/ns/default/dc/dc1/svc/storefront");
            assertThat(response.header("Mesh-Retry")).isEqualTo("no");
        }
    }
}
