package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.identity.PeerRefused.Reason;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The traps of session resumption: a peer that is forbidden by now, and an identity that was rotated out, pass where a
 * TLS context outlives the change, as nobody is asked. {@link #withOneContextKeptTheTrapIsReal} shows that these tests
 * would see it.
 */
@Timeout(120)
class ResumptionTest {
    private static final TestCa CA = TestCa.root("example.org");
    private static final List<IdPattern> ANYONE = List.of(IdPattern.parse("spiffe://example.org/**"));
    private static final List<IdPattern> NOBODY_HERE = List.of(IdPattern.parse("spiffe://example.org/ns/other/**"));

    static Stream<Arguments> pairs() {
        return HandshakeTest.pairs();
    }

    @ParameterizedTest(name = "{0} client, {1} server, {2}")
    @MethodSource("pairs")
    void aServerThatIsForbiddenByNowIsRefused(
            String clientName, String serverName, String version, TlsProvider client, TlsProvider server)
            throws Exception {
        ClientTls tls = Tls.client(Tls.keyring(CA.consulSvid("store").trusting(CA)), "web", client);
        ServerTls serverTls = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), server);
        try (LineServer lines = new LineServer(serverTls.socketFactory())) {
            exchange(tls.socketFactory(), lines.port(), version);
            tls.expect(NOBODY_HERE);
            Throwable seen = LineClient.failure(tls.socketFactory(), lines.port());
            assertThat(BadPeers.reasonOf(seen)).as("%s", seen).isEqualTo(Reason.WRONG_IDENTITY);
            assertThat(PeerRefused.in(seen))
                    .hasMessageContaining("it is spiffe://example.org/ns/default/dc/dc1/svc/web, expected was"
                            + " spiffe://example.org/ns/other/**");
        }
    }

    @ParameterizedTest(name = "{0} client, {1} server, {2}")
    @MethodSource("pairs")
    void aClientThatIsForbiddenByNowIsRefused(
            String clientName, String serverName, String version, TlsProvider client, TlsProvider server)
            throws Exception {
        // A client that does its best to resume: one context for all its connections.
        SSLSocketFactory kept = Tls.careless(CA.consulSvid("store"), client);
        ServerTls tls = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), server);
        try (LineServer lines = new LineServer(tls.socketFactory())) {
            exchange(kept, lines.port(), version);
            lines.session();
            tls.expect(NOBODY_HERE);
            LineClient.failure(kept, lines.port());
            assertThat(BadPeers.reasonOf(lines.failure())).isEqualTo(Reason.WRONG_IDENTITY);
        }
    }

    @ParameterizedTest(name = "{0} client, {1} server, {2}")
    @MethodSource("pairs")
    void afterARotationTheServerSeesTheNewCertificateAndTheClientTheServersNewOne(
            String clientName, String serverName, String version, TlsProvider client, TlsProvider server)
            throws Exception {
        FixedIdentity store = new FixedIdentity(CA.consulSvid("store").trusting(CA));
        FixedIdentity web = new FixedIdentity(CA.consulSvid("web").trusting(CA));
        ClientTls tls = Tls.client(Tls.keyring(store, Time.system()), "web", client);
        ServerTls serverTls = Tls.server(Tls.keyring(web, Time.system()), server);
        try (LineServer lines = new LineServer(serverTls.socketFactory())) {
            exchange(tls.socketFactory(), lines.port(), version);
            lines.session();
            Identity nextStore = CA.consulSvid("store").trusting(CA);
            Identity nextWeb = CA.consulSvid("web").trusting(CA);
            store.rotate(nextStore);
            web.rotate(nextWeb);
            try (LineClient line = new LineClient(tls.socketFactory(), lines.port(), version)) {
                line.exchange("hello");
                assertThat(line.session().getPeerCertificates()[0]).isEqualTo(nextWeb.leaf());
                assertThat(lines.session().getPeerCertificates()[0]).isEqualTo(nextStore.leaf());
            }
        }
    }

    /** Without a change as well, each connection asks anew. */
    @ParameterizedTest(name = "{0} client, {1} server, {2}")
    @MethodSource("pairs")
    void aCertificateThatHasExpiredSinceTheLastConnectionIsRefused(
            String clientName, String serverName, String version, TlsProvider client, TlsProvider server)
            throws Exception {
        FakeTime clock = new FakeTime(Time.system().now(), 0);
        Keyring storeKeys = Tls.keyring(CA.consulSvid("store").trusting(CA));
        ClientTls tls = new ClientTls(storeKeys, "web", ANYONE, clock, client);
        ServerTls serverTls = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), server);
        try (LineServer lines = new LineServer(serverTls.socketFactory())) {
            exchange(tls.socketFactory(), lines.port(), version);
            exchange(tls.socketFactory(), lines.port(), version);
            clock.advance(Duration.ofHours(13));
            Throwable seen = LineClient.failure(tls.socketFactory(), lines.port());
            assertThat(BadPeers.reasonOf(seen)).as("%s", seen).isEqualTo(Reason.EXPIRED);
        }
    }

    @Test
    void withOneContextKeptTheTrapIsReal() throws Exception {
        Keyring storeKeys = Tls.keyring(CA.consulSvid("store").trusting(CA));
        Keyring webKeys = Tls.keyring(CA.consulSvid("web").trusting(CA));
        SpiffeTrust clientTrust = new SpiffeTrust(storeKeys, new Expected(ANYONE, "web"), Time.system());
        SpiffeTrust serverTrust = new SpiffeTrust(webKeys, new Expected(ANYONE, ""), Time.system());
        SSLContext client = TlsProvider.jdk().context(new OwnKey(storeKeys.current()), clientTrust);
        SSLContext server = TlsProvider.jdk().context(new OwnKey(webKeys.current()), serverTrust);
        try (LineServer lines = new LineServer(needingClients(server))) {
            exchange(client.getSocketFactory(), lines.port(), "TLSv1.3");
            lines.session();
            clientTrust.expect(new Expected(NOBODY_HERE, "web"));
            serverTrust.expect(new Expected(NOBODY_HERE, ""));
            exchange(client.getSocketFactory(), lines.port(), "TLSv1.3");
            lines.session();
        }
    }

    /** Even there, whoever asks who the peer is hears that it is welcome no longer. */
    @Test
    void anOpenConnectionIsAskedAboutByThePolicyOfTheMoment() throws Exception {
        ClientTls tls = Tls.client(Tls.keyring(CA.consulSvid("store").trusting(CA)), "web", TlsProvider.jdk());
        ServerTls serverTls = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), TlsProvider.jdk());
        try (LineServer lines = new LineServer(serverTls.socketFactory());
                LineClient line = new LineClient(tls.socketFactory(), lines.port())) {
            line.exchange("hello");
            assertThat(tls.hostnameVerifier().verify("any", line.session())).isTrue();
            var seen = lines.session();
            assertThat(serverTls.client(seen)).isNotNull();

            tls.expect(NOBODY_HERE);
            serverTls.expect(NOBODY_HERE);

            assertThat(tls.hostnameVerifier().verify("any", line.session())).isFalse();
            assertThatThrownBy(() -> serverTls.client(seen)).hasMessageContaining("client refused (wrong_identity)");
        }
    }

    private static SSLSocketFactory needingClients(SSLContext context) {
        return new MeshSockets(
                context::getSocketFactory,
                socket -> {
                    socket.setUseClientMode(false);
                    socket.setNeedClientAuth(true);
                },
                context.getSocketFactory());
    }

    private static void exchange(SSLSocketFactory sockets, int port, String version) throws IOException {
        try (LineClient line = new LineClient(sockets, port, version)) {
            line.exchange("hello");
        }
    }
}
