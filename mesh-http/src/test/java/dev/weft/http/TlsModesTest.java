package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.StaticResolver;
import dev.weft.identity.Keyring;
import dev.weft.identity.PeerRefused;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Call;
import okhttp3.Handshake;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsModesTest {
    private static final TestCa CA = TestCa.root("example.org");

    private final MockWebServer server = new MockWebServer();
    private final AtomicInteger served = new AtomicInteger();
    private final FixedIdentity source =
            new FixedIdentity(CA.consulSvid("storefront").trusting(CA));

    @AfterEach
    void stop() {
        server.close();
    }

    private void serveMtls(String as, TestCa ca) throws IOException {
        Keyring keyring = new Keyring(new FixedIdentity(ca.consulSvid(as).trusting(ca)), Time.system());
        keyring.start();
        server.useHttps(new ServerTls(keyring, TlsMode.STRICT, Time.system()).socketFactory());
        serve();
    }

    private void serve() throws IOException {
        server.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                // A server without TLS takes a client's hello for a request that it cannot read.
                if (request.getFailure() == null && request.getMethod().equals("GET")) {
                    served.incrementAndGet();
                }
                return new MockResponse.Builder().body("fine").build();
            }
        });
        server.start();
    }

    private Mesh mesh(String mode) {
        return builder().set("tls.mode", mode).identity(source).start();
    }

    private MeshBuilder builder() {
        return Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + server.getPort()))
                .drain(Duration.ZERO);
    }

    private static Response call(MeshHttp http, String url) throws IOException {
        return http.callFactory()
                .newCall(new Request.Builder().url(url).build())
                .execute();
    }

    private static Response call(Mesh mesh, String url) throws IOException {
        return call(MeshHttp.create(mesh), url);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void strictIsMtlsWhateverTheUrlSays(String scheme) throws Exception {
        serveMtls("inventory", CA);
        try (Mesh mesh = mesh("strict");
                Response response = call(mesh, scheme + "://inventory/stock")) {
            assertThat(response.body().string()).isEqualTo("fine");
            assertThat(response.protocol()).isEqualTo(Protocol.HTTP_2);
            assertThat(response.handshake()).isNotNull();
        }
        RecordedRequest seen = server.takeRequest();
        Handshake handshake = seen.getHandshake();
        assertThat(handshake).isNotNull();
        assertThat(handshake.peerCertificates()).hasSize(1);
        assertThat(seen.getUrl().host()).isEqualTo("inventory");
    }

    @Test
    void strictSendsNothingInPlainText() throws Exception {
        serve();
        try (Mesh mesh = mesh("strict")) {
            assertThatThrownBy(() -> call(mesh, "http://inventory/")).isInstanceOf(IOException.class);
        }
        assertThat(served).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"strict", "permissive"})
    void aServerThatIsAnotherIsRefusedWithItsReason(String mode) throws Exception {
        serveMtls("pricing", CA);
        try (Mesh mesh = mesh(mode)) {
            assertThatThrownBy(() -> call(mesh, "http://inventory/"))
                    .satisfies(e -> assertThat(PeerRefused.in(e))
                            .extracting(refused -> refused == null ? null : refused.reason())
                            .isEqualTo(PeerRefused.Reason.WRONG_IDENTITY));
        }
        assertThat(served).hasValue(0);
    }

    @Test
    void callsWithADeadlineAndWithoutShareTheConnectionsOfOneService() throws Exception {
        server.setProtocols(List.of(Protocol.HTTP_1_1));
        serveMtls("inventory", CA);
        try (Mesh mesh = builder().set("deadline.total", "off").identity(source).start()) {
            MeshHttp http = MeshHttp.create(mesh);
            for (int i = 0; i < 4; i++) {
                Call call = http.callFactory()
                        .newCall(new Request.Builder().url("http://inventory/").build());
                if (i % 2 == 1) {
                    call.timeout().timeout(60, TimeUnit.SECONDS);
                }
                try (Response response = call.execute()) {
                    assertThat(response.body().string()).isEqualTo("fine");
                }
                assertThat(server.takeRequest().getConnectionIndex()).isZero();
            }
        }
    }

    @Test
    void aServiceIsNotBelievedOnAConnectionThatAnotherServiceHasOpenedToTheSameAddress() throws Exception {
        serveMtls("inventory", CA);
        String address = "127.0.0.1:" + server.getPort();
        try (Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", address).with("pricing", address))
                .identity(source)
                .drain(Duration.ZERO)
                .start()) {
            MeshHttp http = MeshHttp.create(mesh);
            call(http, "http://inventory/").close();
            assertThatThrownBy(() -> call(http, "http://pricing/"))
                    .hasMessageContaining("server of pricing refused (wrong_identity)");
            assertThat(served).hasValue(1);
        }
    }

    @Test
    void permissiveIsMtlsWithWhoCan() throws Exception {
        serveMtls("inventory", CA);
        try (Mesh mesh = mesh("permissive");
                Response response = call(mesh, "http://inventory/")) {
            assertThat(response.handshake()).isNotNull();
        }
    }

    @Test
    void permissiveIsPlainTextWithWhoCannot() throws Exception {
        serve();
        try (Mesh mesh = mesh("permissive")) {
            MeshHttp http = MeshHttp.create(mesh);
            for (int i = 0; i < 3; i++) {
                try (Response response = call(http, "http://inventory/")) {
                    assertThat(response.body().string()).isEqualTo("fine");
                    assertThat(response.handshake()).isNull();
                }
            }
            assertThat(mesh.clusters().values())
                    .allSatisfy(cluster -> assertThat(cluster.nodes())
                            .allSatisfy(node -> assertThat(node.inFlight()).isZero()));
        }
    }

    @Test
    void httpsIsNeverPlainText() throws Exception {
        serve();
        for (String mode : List.of("permissive", "off", "strict")) {
            try (Mesh mesh = mesh(mode)) {
                assertThatThrownBy(() -> call(mesh, "https://inventory/"))
                        .as(mode)
                        .isInstanceOf(IOException.class);
            }
        }
        assertThat(served).hasValue(0);
    }

    @Test
    void withoutAnIdentityTheMeshAddsNoTls() throws Exception {
        serve();
        try (Mesh mesh = builder().start();
                Response response = call(mesh, "http://inventory/")) {
            assertThat(response.handshake()).isNull();
        }
    }

    @Test
    void withoutAnIdentityOrAClientOfTheApplicationHttpsTrustsWhomTheJvmTrusts() throws Exception {
        serveMtls("inventory", CA);
        try (Mesh mesh = builder().start()) {
            assertThatThrownBy(() -> call(mesh, "https://inventory/"))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("PKIX path building failed");
        }
        assertThat(served).hasValue(0);
    }

    @Test
    void offLeavesHttpsToTheUsersClient() throws Exception {
        serveMtls("inventory", CA);
        AtomicBoolean asked = new AtomicBoolean();
        OkHttpClient own = new OkHttpClient.Builder()
                .hostnameVerifier((host, session) -> {
                    asked.set(true);
                    return true;
                })
                .build();
        try (Mesh mesh = mesh("off")) {
            // The public roots of the JDK know nothing of ours.
            assertThatThrownBy(() -> call(MeshHttp.create(mesh, own), "https://inventory/"))
                    .hasMessageContaining("certif");
        }
        assertThat(asked).isFalse();
    }

    @Test
    void aPolicyThatExpectsAnotherServerHoldsForNewConnectionsAtOnce() throws Exception {
        serveMtls("inventory", CA);
        try (Mesh mesh = mesh("strict")) {
            call(mesh, "http://inventory/").close();
        }
        try (Mesh mesh = builder()
                .identity(source)
                .set("tls.serverId", "spiffe://example.org/ns/other/dc/*/svc/inventory")
                .start()) {
            assertThatThrownBy(() -> call(mesh, "http://inventory/"))
                    .satisfies(e -> assertThat(PeerRefused.in(e)).isNotNull());
        }
    }

    @Test
    void aRotationUnderLoadLosesNothingAndNewConnectionsShowTheNewCertificate() throws Exception {
        server.setProtocols(List.of(Protocol.HTTP_1_1));
        serveMtls("inventory", CA);
        try (Mesh mesh = mesh("strict")) {
            MeshHttp http = MeshHttp.create(mesh);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger done = new AtomicInteger();
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread caller = new Thread(() -> {
                    while (!stop.get()) {
                        try (Response response = call(http, "http://inventory/")) {
                            response.body().string();
                            done.incrementAndGet();
                        } catch (IOException e) {
                            failures.add(e);
                        }
                    }
                });
                callers.add(caller);
                caller.start();
            }
            BigInteger last = BigInteger.ZERO;
            for (int rotation = 0; rotation < 5; rotation++) {
                int before = done.get();
                var next = CA.consulSvid("storefront");
                last = next.leaf().getSerialNumber();
                source.rotate(next.trusting(CA));
                await().atMost(Rig.PATIENCE).until(() -> done.get() > before + 30);
            }
            stop.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(failures).isEmpty();
            RecordedRequest seen = server.takeRequest();
            for (int i = server.getRequestCount(); i > 1; i--) {
                seen = server.takeRequest();
            }
            Handshake handshake = seen.getHandshake();
            assertThat(handshake).isNotNull();
            assertThat(((X509Certificate) handshake.peerCertificates().get(0)).getSerialNumber())
                    .isEqualTo(last);
        }
    }
}
