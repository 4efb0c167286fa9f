package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.identity.PeerRefused.Reason;
import dev.weft.testkit.TestSvid;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad certificates are refused by either side and either provider, with the reason. */
@Timeout(120)
class RefusalTest {
    static Stream<Arguments> cases() {
        return BadPeers.all()
                .flatMap(bad -> Tls.PROVIDERS.stream()
                        .flatMap(client -> Tls.PROVIDERS.stream().map(server -> {
                            Object[] given = bad.get();
                            return Arguments.of(given[0], given[1], given[2], client, server);
                        })));
    }

    @ParameterizedTest(name = "{0}: {1} [{index}]")
    @MethodSource("cases")
    void aBadServerIsRefusedByTheClient(
            Reason reason, String words, TestSvid shown, TlsProvider client, TlsProvider server) throws Exception {
        Identity own = BadPeers.CA.consulSvid("storefront").trusting(BadPeers.CA, BadPeers.PEERED);
        ClientTls tls = Tls.client(Tls.keyring(own), "web", client);
        try (LineServer lines = new LineServer(Tls.careless(shown, server))) {
            Throwable seen = LineClient.failure(tls.socketFactory(), lines.port());

            assertThat(BadPeers.reasonOf(seen)).as("%s", seen).isEqualTo(reason);
            assertThat(PeerRefused.in(seen))
                    .hasMessageContaining("server of web refused (" + reason.label() + "): ")
                    .hasMessageContaining(words);
        }
    }

    @ParameterizedTest(name = "{0}: {1} [{index}]")
    @MethodSource("cases")
    void aBadClientIsRefusedByTheServer(
            Reason reason, String words, TestSvid shown, TlsProvider client, TlsProvider server) throws Exception {
        Identity own = BadPeers.CA.consulSvid("store").trusting(BadPeers.CA, BadPeers.PEERED);
        try (LineServer lines =
                new LineServer(Tls.server(Tls.keyring(own), server).socketFactory())) {
            // Whatever the client sees, and when, differs by provider and version: it must only fail.
            Throwable client1 = LineClient.failure(Tls.careless(shown, client), lines.port());
            Throwable seen = lines.failure();

            assertThat(client1).isNotNull();
            assertThat(BadPeers.reasonOf(seen)).as("%s", seen).isEqualTo(reason);
            assertThat(PeerRefused.in(seen))
                    .hasMessageContaining("client refused (" + reason.label() + "): ")
                    .hasMessageContaining(words);
        }
    }
}
