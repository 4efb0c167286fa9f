package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Good peers, in every pair of providers and in both versions of TLS. */
@Timeout(120)
class HandshakeTest {
    private static final TestCa CA = TestCa.root("example.org");
    private static final Identity RSA_STORE = svid("RSA", "store");
    private static final Identity RSA_WEB = svid("RSA", "web");

    static Stream<Arguments> pairs() {
        return Tls.PROVIDERS.stream()
                .flatMap(client -> Tls.PROVIDERS.stream()
                        .flatMap(server -> Stream.of("TLSv1.3", "TLSv1.2")
                                .map(version -> Arguments.of(client.name(), server.name(), version, client, server))));
    }

    @ParameterizedTest(name = "{0} client, {1} server, {2}")
    @MethodSource("pairs")
    void bothSidesKnowTheOther(
            String clientName, String serverName, String version, TlsProvider client, TlsProvider server)
            throws Exception {
        TestCa issuer = CA.intermediate();
        ClientTls clientTls =
                Tls.client(Tls.keyring(issuer.consulSvid("storefront").trusting(CA)), "web.mesh", client);
        clientTls.expect(List.of(IdPattern.parse("spiffe://example.org/ns/*/dc/*/svc/web")));
        ServerTls serverTls = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), server);
        try (LineServer lines = new LineServer(serverTls.socketFactory());
                LineClient line = new LineClient(clientTls.socketFactory(), lines.port(), version)) {
            line.exchange("hello");
            SSLSession seen = lines.session();

            assertThat(line.session().getProtocol()).isEqualTo(version);
            assertThat(line.socket().getApplicationProtocol()).isEqualTo("h2");
            assertThat(clientTls.server(line.session())).hasToString("spiffe://example.org/ns/default/dc/dc1/svc/web");
            assertThat(clientTls.hostnameVerifier().verify("127.0.0.1", line.session()))
                    .isTrue();
            assertThat(serverTls.client(seen)).hasToString("spiffe://example.org/ns/default/dc/dc1/svc/storefront");
            assertThat(((ExtendedSSLSession) seen).getRequestedServerNames())
                    .containsExactly(new SNIHostName("web.mesh"));
        }
    }

    @ParameterizedTest(name = "{0} client, {1} server, {2}")
    @MethodSource("pairs")
    void rsaKeysDoAsWell(String clientName, String serverName, String version, TlsProvider client, TlsProvider server)
            throws Exception {
        exchange(RSA_STORE, RSA_WEB, version, client, server);
    }

    /** Conscrypt does not speak it: both sides take the JDK then. */
    @ParameterizedTest(name = "{0} client, {1} server, {2}")
    @MethodSource("pairs")
    void ed25519KeysDoAsWell(
            String clientName, String serverName, String version, TlsProvider client, TlsProvider server)
            throws Exception {
        exchange(svid("Ed25519", "store"), svid("Ed25519", "web"), version, client, server);
    }

    /** What is known of Conscrypt, and said in the docs; should it change, the docs can. */
    @ParameterizedTest
    @MethodSource("providers")
    void aServerNameWithoutADotIsSentByTheJdkAlone(TlsProvider provider) throws Exception {
        ClientTls clientTls = Tls.client(Tls.keyring(CA.consulSvid("store").trusting(CA)), "web", provider);
        ServerTls serverTls = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), TlsProvider.jdk());
        try (LineServer lines = new LineServer(serverTls.socketFactory());
                LineClient line = new LineClient(clientTls.socketFactory(), lines.port())) {
            line.exchange("hello");
            ExtendedSSLSession seen = (ExtendedSSLSession) lines.session();
            assertThat(seen.getRequestedServerNames()).hasSize(provider.name().equals("Conscrypt") ? 0 : 1);
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aServiceWhoseNameIsNoHostNameIsCalledWithoutAServerName(TlsProvider provider) throws Exception {
        Keyring keyring = Tls.keyring(CA.consulSvid("store").trusting(CA));
        ClientTls clientTls = new ClientTls(
                keyring,
                "my web/v1 \u00e9",
                List.of(IdPattern.parse("spiffe://{trustDomain}/**")),
                Time.system(),
                provider);
        ServerTls serverTls = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), provider);
        try (LineServer lines = new LineServer(serverTls.socketFactory());
                LineClient line = new LineClient(clientTls.socketFactory(), lines.port())) {
            line.exchange("hello");
        }
    }

    static List<TlsProvider> providers() {
        return Tls.PROVIDERS;
    }

    private static void exchange(Identity store, Identity web, String version, TlsProvider client, TlsProvider server)
            throws Exception {
        ClientTls clientTls = Tls.client(Tls.keyring(store), "web", client);
        ServerTls serverTls = Tls.server(Tls.keyring(web), server);
        try (LineServer lines = new LineServer(serverTls.socketFactory());
                LineClient line = new LineClient(clientTls.socketFactory(), lines.port(), version)) {
            line.exchange("hello");
            assertThat(serverTls.client(lines.session())).isEqualTo(store.id());
        }
    }

    private static Identity svid(String algorithm, String service) {
        return CA.request("spiffe://example.org/ns/default/dc/dc1/svc/" + service)
                .algorithm(algorithm)
                .issue()
                .trusting(CA);
    }
}
