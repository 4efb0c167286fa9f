package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.testkit.TestSvid;
import dev.weft.time.Time;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What people read when a handshake fails. */
@Timeout(120)
class ExplanationTest {
    private static final TestCa CA = TestCa.root("example.org");

    static List<TlsProvider> providers() {
        return Tls.PROVIDERS;
    }

    static List<Arguments> pairs() {
        return Tls.PROVIDERS.stream()
                .flatMap(client -> Tls.PROVIDERS.stream().map(server -> Arguments.of(client, server)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aClientWithoutACertificateIsNamedAsSuch(TlsProvider client, TlsProvider server) throws Exception {
        ServerTls tls = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), server);
        try (LineServer lines = new LineServer(tls.socketFactory())) {
            LineClient.failure(Tls.careless(null, client), lines.port());
            assertThat(tls.explain(lines.failure()))
                    .isEqualTo("client refused (no_certificate): it sent no certificate");
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aClientThatWasRefusedIsToldWhatItShowed(TlsProvider client, TlsProvider server) throws Exception {
        Keyring keyring =
                Tls.keyring(TestCa.root("example.org").consulSvid("store").trusting(CA));
        ClientTls tls = Tls.client(keyring, "web", client);
        ServerTls web = Tls.server(Tls.keyring(CA.consulSvid("web").trusting(CA)), server);
        try (LineServer lines = new LineServer(web.socketFactory())) {
            Throwable seen = LineClient.failure(tls.socketFactory(), lines.port());
            // Whether the alert arrives before the connection breaks is a matter of luck.
            assertThat(tls.explain(seen))
                    .startsWith("server of web")
                    .contains("refused")
                    .contains("it was shown spiffe://example.org/ns/default/dc/dc1/svc/store, valid until ");
            assertThat(web.explain(lines.failure())).startsWith("client refused (unknown_issuer): ");
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aServerOfPlainTextIsNamedAsSuch(TlsProvider provider) throws Exception {
        ClientTls tls = Tls.client(Tls.keyring(CA.consulSvid("store").trusting(CA)), "web", provider);
        try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread server = new Thread(() -> {
                try (Socket accepted = plain.accept()) {
                    accepted.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    accepted.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client is gone: all was said.
                }
            });
            server.start();
            Throwable seen = LineClient.failure(tls.socketFactory(), plain.getLocalPort());
            server.join();
            assertThat(tls.explain(seen)).startsWith("server of web does not speak TLS");
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void aServerWithoutAnIdentityRefusesAndAClientWithoutOneDoesNotTry(TlsProvider provider) throws Exception {
        Keyring none = Tls.keyring(new FixedIdentity(), Time.system());
        try (LineServer lines = new LineServer(Tls.server(none, provider).socketFactory())) {
            Throwable careless = LineClient.failure(Tls.careless(CA.consulSvid("a"), provider), lines.port());
            assertThat(careless).isInstanceOf(IOException.class);
            ClientTls tls = Tls.client(none, "web", provider);
            assertThat(LineClient.failure(tls.socketFactory(), lines.port()))
                    .hasMessage("no identity yet: waiting for the test");
            assertThat(tls.socketFactory().getDefaultCipherSuites()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void refusedClientsAreCountedByReasonAndLoggedWithoutAFlood(TlsProvider provider) throws Exception {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(Refusals.class);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
        logged.start();
        logger.addAppender(logged);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Keyring keyring = Tls.keyring(CA.consulSvid("web").trusting(CA));
        keyring.publish(registry);
        TestSvid stranger = TestCa.root("example.org").consulSvid("store");
        try (LineServer lines = new LineServer(Tls.server(keyring, provider).socketFactory())) {
            for (int i = 0; i < 5; i++) {
                LineClient.failure(Tls.careless(stranger, provider), lines.port());
                lines.failure();
            }
            assertThat(registry.get("weft.identity.refused")
                            .tags("peer", "client", "reason", "unknown_issuer")
                            .counter()
                            .count())
                    .isEqualTo(5);
            assertThat(logged.list).hasSize(1);
            assertThat(logged.list.get(0).getFormattedMessage()).startsWith("client refused (unknown_issuer): ");
        } finally {
            logger.detachAppender(logged);
            logger.setLevel(null);
        }
    }

    /** As a plain server may: the JDK's reads on until the hello happens to hold an end of line. */
    @ParameterizedTest
    @MethodSource("providers")
    void aServerThatLetsAHelloWaitForEverIsNamedAsSuch(TlsProvider provider) throws Exception {
        ClientTls tls = Tls.client(Tls.keyring(CA.consulSvid("store").trusting(CA)), "web", provider);
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Socket raw = new Socket(InetAddress.getLoopbackAddress(), silent.getLocalPort())) {
            raw.setSoTimeout(100);
            SSLSocket socket = (SSLSocket) tls.socketFactory().createSocket(raw, "127.0.0.1", raw.getPort(), true);
            Throwable seen = catchThrowable(socket::startHandshake);
            assertThat(tls.explain(seen)).startsWith("server of web did not answer a TLS hello in time");
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    void whoHasNothingToShowBlamesNobodyElse(TlsProvider provider) throws Exception {
        ClientTls tls = Tls.client(Tls.keyring(new FixedIdentity(), Time.system()), "web", provider);
        Throwable seen = catchThrowable(() -> tls.socketFactory().createSocket());
        assertThat(tls.explain(seen)).isEqualTo("no identity yet: waiting for the test");
    }
}
