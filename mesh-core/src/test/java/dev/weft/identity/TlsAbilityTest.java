package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.identity.TlsAbility.Way;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import java.io.EOFException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The one rule of permissive policy, which every transport goes by. */
class TlsAbilityTest {
    private static final TestCa CA = TestCa.root("example.org");

    private final FakeTime time = new FakeTime();
    private final Keyring keyring =
            Tls.keyring(new FixedIdentity(CA.consulSvid("storefront").trusting(CA)), Time.system());

    private Node node(Map<String, String> metadata) {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(List.of(new Endpoint("10.0.0.1", 80, 1, "", "", metadata, Health.HEALTHY)));
        return cluster.nodes().get(0);
    }

    private TlsAbility ability(Map<String, String> metadata) {
        return new TlsAbility(node(metadata), keyring, time);
    }

    @ParameterizedTest
    @CsvSource({"STRICT, TLS", "OFF, PLAIN", "PERMISSIVE, TRY_TLS"})
    void whereNothingIsKnownOfANodePolicySays(TlsMode mode, Way way) {
        assertThat(ability(Map.of()).way(mode)).isEqualTo(way);
    }

    @ParameterizedTest
    @CsvSource({"true, TLS", "false, PLAIN", "perhaps, TRY_TLS"})
    void discoverysWordHoldsUnderPermissivePolicyAndNoOther(String told, Way way) {
        TlsAbility ability = ability(Map.of("tls", told));
        assertThat(ability.way(TlsMode.PERMISSIVE)).isEqualTo(way);
        assertThat(ability.way(TlsMode.STRICT)).isEqualTo(Way.TLS);
        assertThat(ability.way(TlsMode.OFF)).isEqualTo(Way.PLAIN);
    }

    static List<Exception> noTls() {
        return List.of(
                new SSLException("Unsupported or unrecognized SSL message"),
                new SSLHandshakeException("Remote host terminated the handshake"),
                new EOFException(),
                new SocketException("Connection reset"),
                new SocketTimeoutException("Read timed out"));
    }

    @ParameterizedTest
    @MethodSource("noTls")
    void aHandshakeThatFailsMakesItPlainForAMinuteAndUnderNoStricterPolicy(Exception failure) {
        TlsAbility ability = ability(Map.of());

        assertThat(ability.denied(failure)).isTrue();

        assertThat(ability.way(TlsMode.PERMISSIVE)).isEqualTo(Way.PLAIN);
        assertThat(ability.way(TlsMode.STRICT)).isEqualTo(Way.TLS);
        time.advance(Duration.ofSeconds(59));
        assertThat(ability.way(TlsMode.PERMISSIVE)).isEqualTo(Way.PLAIN);
        time.advance(Duration.ofSeconds(1));
        assertThat(ability.way(TlsMode.PERMISSIVE)).isEqualTo(Way.TRY_TLS);
    }

    static List<Exception> ofIdentity() {
        PeerRefused refused = new PeerRefused(PeerRefused.Reason.WRONG_IDENTITY, null, "somebody else");
        return List.of(
                new SSLException("handshake", refused),
                new NoIdentity("no identity yet"),
                new SSLHandshakeException("Received fatal alert: bad_certificate"),
                new SSLException("error:10000412:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE"));
    }

    @ParameterizedTest
    @MethodSource("ofIdentity")
    void oneThatFailsForWhoSomebodyIsDoesNot(Exception failure) {
        TlsAbility ability = ability(Map.of());

        assertThat(ability.denied(failure)).isFalse();

        assertThat(ability.way(TlsMode.PERMISSIVE)).isEqualTo(Way.TRY_TLS);
    }

    @Test
    void withoutAnIdentityOfOurOwnItIsPlainAndNothingIsSaidOfTheNode() {
        FixedIdentity late = new FixedIdentity();
        TlsAbility ability = new TlsAbility(node(Map.of()), Tls.keyring(late, Time.system()), time);
        assertThat(ability.way(TlsMode.PERMISSIVE)).isEqualTo(Way.PLAIN);

        late.rotate(CA.consulSvid("storefront").trusting(CA));

        assertThat(ability.way(TlsMode.PERMISSIVE)).isEqualTo(Way.TRY_TLS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 1_000_000})
    void aHandshakeMayTakeAsLongAsConnectingAndLeavesAsMuchForPlainText(long leftNanos) {
        assertThat(TlsAbility.patienceNanos(5_000, leftNanos)).isEqualTo(leftNanos == 1000 ? 500 : 5_000);
    }
}
