package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.TestCa;
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
        ClientTls clientTls = Tls.client(Tls.keyring(svid("RSA", "storefront")), "web", client);
        ServerTls serverTls = Tls.server(Tls.keyring(svid("RSA", "web")), server);
        try (LineServer lines = new LineServer(serverTls.socketFactory());
                LineClient line = new LineClient(clientTls.socketFactory(), lines.port(), version)) {
            line.exchange("hello");
            assertThat(serverTls.client(lines.session())).isNotNull();
        }
    }

    private static Identity svid(String algorithm, String service) {
        return CA.request("spiffe://example.org/ns/default/dc/dc1/svc/" + service)
                .algorithm(algorithm)
                .issue()
                .trusting(CA);
    }
}
