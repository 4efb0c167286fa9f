package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.identity.IdPattern;
import dev.weft.identity.Identity;
import dev.weft.identity.Keyring;
import dev.weft.identity.PeerRefused;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.testkit.TestSvid;
import dev.weft.time.Time;
import java.io.IOException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a caller reads when one side refuses the other. Keys of EC go by Conscrypt, those of Ed25519 by the JDK. */
class TlsRefusalTest {
    private static final TestCa CA = TestCa.root("example.org");
    private static final Instant NOW = Time.system().now();
    private static final String INVENTORY = "spiffe://example.org/ns/default/dc/dc1/svc/inventory";
    private static final String STOREFRONT = "spiffe://example.org/ns/default/dc/dc1/svc/storefront";

    private final MockWebServer server = new MockWebServer();

    @AfterEach
    void stop() {
        server.close();
    }

    private static Stream<String> keys() {
        return Stream.of("EC", "Ed25519");
    }

    private static TestSvid svid(TestCa ca, String id, String key) {
        return ca.request(id).algorithm(key).issue();
    }

    private Throwable failure(Mesh mesh, OkHttpClient client, String url) {
        return catchThrowable(() -> MeshHttp.create(mesh, client)
                .callFactory()
                .newCall(new Request.Builder().url(url).build())
                .execute()
                .close());
    }

    private Mesh mesh(Identity identity) {
        return Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + server.getPort()))
                .identity(new FixedIdentity(identity))
                .drain(Duration.ZERO)
                .start();
    }

    private String node() {
        return "127.0.0.1:" + server.getPort() + ": ";
    }

    // The client refuses.

    static Stream<Arguments> badServers() {
        TestSvid expired = CA.request(INVENTORY)
                .valid(NOW.minusSeconds(3600), NOW.minusSeconds(60))
                .issue();
        return keys().flatMap(key -> Stream.of(
                Arguments.of(key, "expired", "the certificate of " + INVENTORY + " expired at ", expired),
                Arguments.of(
                        key,
                        "wrong_identity",
                        "it is spiffe://example.org/ns/default/dc/dc1/svc/pricing, expected was"
                                + " spiffe://example.org/ns/*/dc/*/svc/inventory",
                        CA.consulSvid("pricing")),
                Arguments.of(
                        key,
                        "wrong_trust_domain",
                        "of which no roots are known here (known: example.org)",
                        TestCa.root("elsewhere.org").consulSvid("inventory")),
                Arguments.of(
                        key,
                        "self_signed",
                        "is signed by itself",
                        CA.request(INVENTORY).selfSigned().issue()),
                Arguments.of(
                        key,
                        "unknown_issuer",
                        "does not lead to a root of the trust domain example.org",
                        TestCa.root("example.org").consulSvid("inventory"))));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("badServers")
    void aBadServerIsRefusedAndTheCallerReadsWhichAndWhy(String key, String reason, String words, TestSvid shown)
            throws Exception {
        server.useHttps(showing(shown));
        server.start();
        try (Mesh mesh = mesh(svid(CA, STOREFRONT, key).trusting(CA))) {
            Throwable seen = failure(mesh, new OkHttpClient(), "http://inventory/");
            assertThat(seen)
                    .isInstanceOf(SSLException.class)
                    .hasMessageStartingWith(node() + "server of inventory refused (" + reason + "): ")
                    .hasMessageContaining(words);
            assertThat(PeerRefused.in(seen))
                    .extracting(
                            refused -> refused == null ? "" : refused.reason().label())
                    .isEqualTo(reason);
        }
    }

    // The server refuses.

    static Stream<Arguments> badClients() {
        List<Arguments> all = new ArrayList<>();
        for (String key : keys().toList()) {
            for (Protocol protocol : List.of(Protocol.HTTP_1_1, Protocol.HTTP_2)) {
                all.add(Arguments.of(
                        key, protocol, "an unknown issuer", svid(TestCa.root("example.org"), STOREFRONT, key)));
                all.add(Arguments.of(
                        key,
                        protocol,
                        "another trust domain",
                        svid(TestCa.root("elsewhere.org"), "spiffe://elsewhere.org/storefront", key)));
                all.add(Arguments.of(
                        key, protocol, "another identity", svid(CA, "spiffe://example.org/stranger", key)));
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} over {1}: {2}")
    @MethodSource("badClients")
    void aRefusedClientReadsWhoRefusedAndWhatItWasShown(String key, Protocol protocol, String why, TestSvid shown)
            throws Exception {
        serveMtls(key, protocol);
        Identity own = new Identity(shown.key(), shown.chain(), CA.roots());
        String id = own.id().toString();
        try (Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + server.getPort()))
                .identity(new FixedIdentity(own))
                .set("tls.serverId", INVENTORY)
                .drain(Duration.ZERO)
                .start()) {
            Throwable seen = failure(mesh, new OkHttpClient(), "http://inventory/");
            assertThat(seen)
                    .isInstanceOf(SSLException.class)
                    .hasMessageStartingWith(node() + "server of inventory")
                    .hasMessageContaining("refused")
                    .hasMessageContaining("it was shown " + id + ", valid until ");
        }
    }

    @Test
    void aClientWithoutAnyCertificateReadsThatItShowedNone() throws Exception {
        for (String key : keys().toList()) {
            try (MockWebServer fresh = new MockWebServer();
                    Mesh mesh = Mesh.builder()
                            .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + start(fresh, key)))
                            .drain(Duration.ZERO)
                            .start()) {
                Throwable seen = failure(mesh, trustsAnyone(), "https://inventory/");
                assertThat(seen)
                        .isInstanceOf(SSLException.class)
                        .hasMessageContaining("server of inventory")
                        .hasMessageContaining("refused")
                        .hasMessageContaining("it was shown no certificate of the mesh");
            }
        }
    }

    @Test
    void aCertificateOfOurOwnThatExpiredIsNamedAndNoServerIsBlamed() throws Exception {
        serveMtls("EC", Protocol.HTTP_2);
        TestSvid old = CA.request(STOREFRONT)
                .valid(NOW.minusSeconds(3600), NOW.minusSeconds(60))
                .issue();
        try (Mesh mesh = mesh(old.trusting(CA))) {
            assertThat(failure(mesh, new OkHttpClient(), "http://inventory/"))
                    .hasMessageContaining("our own certificate, " + STOREFRONT + ", expired at")
                    .hasMessageNotContaining("refused");
        }
    }

    private int start(MockWebServer fresh, String key) throws IOException {
        fresh.useHttps(serverTls(key).socketFactory());
        fresh.enqueue(new MockResponse.Builder().build());
        fresh.start();
        return fresh.getPort();
    }

    private void serveMtls(String key, Protocol protocol) throws IOException {
        server.useHttps(serverTls(key).socketFactory());
        server.setProtocols(
                protocol == Protocol.HTTP_2 ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1) : List.of(protocol));
        server.enqueue(new MockResponse.Builder().build());
        server.start();
    }

    private static ServerTls serverTls(String key) {
        Keyring keyring = new Keyring(new FixedIdentity(svid(CA, INVENTORY, key).trusting(CA)), Time.system());
        keyring.start();
        List<IdPattern> clients = List.of(IdPattern.parse("spiffe://{trustDomain}/ns/**"));
        return new ServerTls(keyring, TlsMode.STRICT, clients, Time.system());
    }

    // Peers of no mesh.

    private static SSLSocketFactory showing(TestSvid svid) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("any", svid.key(), new char[0], svid.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context.getSocketFactory();
    }

    private static OkHttpClient trustsAnyone() throws Exception {
        X509TrustManager anyone = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {anyone}, null);
        return new OkHttpClient.Builder()
                .sslSocketFactory(context.getSocketFactory(), anyone)
                .hostnameVerifier((host, session) -> true)
                .build();
    }
}
