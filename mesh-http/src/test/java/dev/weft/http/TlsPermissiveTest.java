package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.StaticResolver;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A migration: servers with TLS and without, and nobody told which. */
class TlsPermissiveTest {
    private static final TestCa CA = TestCa.root("example.org");
    private static final int HELLO = 0x16;

    private final FixedIdentity source =
            new FixedIdentity(CA.consulSvid("storefront").trusting(CA));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger hellos = new AtomicInteger();
    private final AtomicInteger plain = new AtomicInteger();

    /** Serves plain text, and lets a TLS hello wait for ever. */
    private RawServer waitsForEver() {
        return new RawServer(peer -> {
            peer.mark();
            if (peer.read() == HELLO) {
                hellos.incrementAndGet();
                peer.silence();
                return;
            }
            peer.backToMark();
            while (true) {
                peer.readRequest();
                plain.incrementAndGet();
                peer.ok("fine");
            }
        });
    }

    private MeshBuilder permissive(int port) {
        return permissive(Endpoint.of("127.0.0.1", port));
    }

    private MeshBuilder permissive(Endpoint endpoint) {
        return Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", List.of(endpoint)))
                .set("tls.mode", "permissive")
                .set("retry.attempts", "1")
                .identity(source)
                .metrics(registry)
                .drain(Duration.ZERO);
    }

    private static Request request() {
        return new Request.Builder().url("http://inventory/").build();
    }

    private static String get(MeshHttp http, boolean blocking) throws Exception {
        Call call = http.callFactory().newCall(request());
        if (blocking) {
            try (Response response = call.execute()) {
                return response.body().string();
            }
        }
        CompletableFuture<String> body = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                body.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call answered, Response response) throws IOException {
                try (response) {
                    body.complete(response.body().string());
                }
            }
        });
        return body.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private double sentPlain() {
        return registry.get("weft.client.plaintext")
                .tag("service", "inventory")
                .counter()
                .count();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPlainServerThatLetsAHelloWaitForEverCostsOneCallHalfItsTimeAndNoneAfterIt(boolean blocking) throws Exception {
        try (RawServer server = waitsForEver();
                Mesh mesh = permissive(server.port())
                        .set("deadline.total", "3s")
                        .set("connect.timeout", "60s")
                        .start()) {
            MeshHttp http = MeshHttp.create(mesh);
            for (int i = 0; i < 3; i++) {
                assertThat(get(http, blocking)).isEqualTo("fine");
            }
            assertThat(hellos).hasValue(1);
            assertThat(plain).hasValue(3);
            assertThat(sentPlain()).isEqualTo(3);
        }
    }

    @Test
    void withTimeEnoughTheHandshakeHasAsLongAsConnectingMayTake() throws Exception {
        try (RawServer server = waitsForEver();
                Mesh mesh = permissive(server.port())
                        .set("deadline.total", "1h")
                        .set("connect.timeout", "200ms")
                        .start()) {
            assertThat(get(MeshHttp.create(mesh), true)).isEqualTo("fine");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"strict", "permissive"})
    void nothingGoesOutInPlainTextToSuchAServerWhereTlsIsAMust(String mode) throws Exception {
        String scheme = mode.equals("strict") ? "http" : "https";
        try (RawServer server = waitsForEver();
                Mesh mesh = permissive(server.port())
                        .set("tls.mode", mode)
                        .set("connect.timeout", "200ms")
                        .start()) {
            Request request =
                    new Request.Builder().url(scheme + "://inventory/").build();
            assertThatThrownBy(() ->
                            MeshHttp.create(mesh).callFactory().newCall(request).execute())
                    .hasMessageStartingWith("127.0.0.1:" + server.port())
                    .hasMessageContaining("server of inventory did not answer a TLS hello in time");
            assertThat(plain).hasValue(0);
        }
    }

    // What discovery says of an endpoint.

    private static Endpoint told(int port, String tls) {
        return new Endpoint("127.0.0.1", port, 1, "", "", Map.of("tls", tls), Health.HEALTHY);
    }

    @Test
    void anEndpointOfWhichDiscoverySaysThatItHasNoTlsIsNotAsked() throws Exception {
        try (RawServer server = waitsForEver();
                Mesh mesh = permissive(told(server.port(), "false")).start()) {
            assertThat(get(MeshHttp.create(mesh), true)).isEqualTo("fine");
            assertThat(hellos).hasValue(0);
            assertThat(sentPlain()).isEqualTo(1);
        }
    }

    @Test
    void anEndpointOfWhichDiscoverySaysThatItHasTlsGetsNoPlainText() throws Exception {
        try (RawServer server = waitsForEver();
                Mesh mesh = permissive(told(server.port(), "true"))
                        .set("connect.timeout", "200ms")
                        .start()) {
            assertThatThrownBy(() -> get(MeshHttp.create(mesh), true)).isInstanceOf(IOException.class);
            assertThat(plain).hasValue(0);
        }
    }

    // What is no fault of the node's.

    @Test
    void withoutAnIdentityYetCallsAreSentInPlainTextAndTheNodeIsBlamedForNothing() throws Exception {
        FixedIdentity late = new FixedIdentity();
        try (RawServer server = waitsForEver();
                Mesh mesh = permissive(server.port()).identity(late).start()) {
            int port = server.port();
            MeshHttp http = MeshHttp.create(mesh);
            assertThat(get(http, true)).isEqualTo("fine");
            assertThat(hellos).hasValue(0);
            server.stop();
            late.rotate(CA.consulSvid("storefront").trusting(CA));
            try (MockWebServer secured = new MockWebServer()) {
                secured.useHttps(serverTls("inventory").socketFactory());
                secured.enqueue(new MockResponse.Builder().body("over TLS").build());
                secured.start(port);
                assertThat(get(http, true)).isEqualTo("over TLS");
            }
        }
    }

    // What is no handshake that failed, or failed for who somebody is.

    private static ServerTls serverTls(String service) {
        Keyring keyring = new Keyring(new FixedIdentity(CA.consulSvid(service).trusting(CA)), Time.system());
        keyring.start();
        return new ServerTls(keyring, TlsMode.STRICT, Time.system());
    }

    private void assertNeverPlain(Endpoint endpoint, String words) {
        try (Mesh mesh = permissive(endpoint).start()) {
            MeshHttp http = MeshHttp.create(mesh);
            for (boolean blocking : new boolean[] {true, false}) {
                assertThatThrownBy(() -> get(http, blocking)).hasStackTraceContaining(words);
            }
        }
        assertThat(registry.find("weft.client.plaintext").counter()).isNull();
    }

    @Test
    void aServerThatIsSomebodyElseGetsNoPlainText() throws Exception {
        try (MockWebServer secured = new MockWebServer()) {
            secured.useHttps(serverTls("pricing").socketFactory());
            secured.start();
            assertNeverPlain(Endpoint.of("127.0.0.1", secured.getPort()), "svc/pricing");
        }
    }

    @Test
    void aConnectionThatIsResetAfterItsHandshakeDoesNotMakeTheServerPlain() {
        ServerTls tls = serverTls("inventory");
        try (RawServer server = new RawServer(peer -> {
            SSLSocket secured = (SSLSocket) tls.socketFactory().createSocket(peer.socket, "", 0, false);
            secured.startHandshake();
            peer.reset();
        })) {
            assertNeverPlain(Endpoint.of("127.0.0.1", server.port()), "127.0.0.1:" + server.port());
        }
    }

    @Test
    void anUnknownHostGetsNoPlainText() {
        assertNeverPlain(Endpoint.of("nowhere.invalid", 80), "nowhere.invalid");
    }

    @Test
    void whoResetsAConnectionInPlaceOfAHandshakeIsSentPlainText() throws Exception {
        try (RawServer server = new RawServer(peer -> {
                    peer.mark();
                    if (peer.read() == HELLO) {
                        peer.reset();
                        return;
                    }
                    peer.backToMark();
                    peer.readRequest();
                    peer.ok("fine");
                });
                Mesh mesh = permissive(server.port()).start()) {
            assertThat(get(MeshHttp.create(mesh), true)).isEqualTo("fine");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoSaysNothingAtAllIsAskedBothWaysWithinTheTimeOfTheCall(boolean blocking) {
        try (RawServer server = new RawServer(RawServer.Peer::silence);
                Mesh mesh = permissive(server.port())
                        .set("deadline.total", "2s")
                        .set("connect.timeout", "200ms")
                        .start()) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> get(MeshHttp.create(mesh), blocking)).hasStackTraceContaining("deadline");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Rig.PATIENCE);
            assertThat(server.connections()).isEqualTo(2);
            assertThat(sentPlain()).isEqualTo(1);
        }
    }
}
