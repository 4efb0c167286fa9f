package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.testkit.TestSvid;
import dev.weft.time.Time;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class KeyringTest {
    private static final TestCa CA = TestCa.root("example.org");

    private final FakeTime time = new FakeTime(Time.system().now(), 0);
    private final FixedIdentity source = new FixedIdentity();
    private final Keyring keyring = new Keyring(source, time);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger().addAppender(logged);
        logger().setLevel(Level.INFO);
        logger().setAdditive(false);
        keyring.start();
    }

    @AfterEach
    void quiet() {
        logger().detachAppender(logged);
        logger().setLevel(null);
        keyring.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Keyring.class);
    }

    @Test
    void withoutAnIdentityAConnectionSaysWhatItWaitsFor() {
        assertThatThrownBy(keyring::require)
                .isInstanceOf(SSLException.class)
                .hasMessage("no identity yet: waiting for the test");
        source.fail("connection refused");
        assertThatThrownBy(keyring::require)
                .hasMessage("no identity yet: waiting for the test, which says: connection refused");
        assertThat(keyring.trouble()).isEqualTo("connection refused");
    }

    @Test
    void aRotationIsCountedAndToldOnceHoweverOftenTheSourceRepeatsIt() {
        AtomicInteger told = new AtomicInteger();
        keyring.onRotated(told::incrementAndGet);
        TestSvid first = CA.consulSvid("web");
        source.rotate(first.trusting(CA));
        source.rotate(first.trusting(CA));
        assertThat(keyring.rotations()).isZero();
        assertThat(told).hasValue(1);

        source.rotate(CA.consulSvid("web").trusting(CA));
        assertThat(keyring.rotations()).isEqualTo(1);
        assertThat(told).hasValue(2);
        // Other roots alone are a change as well: peers may be welcome no longer.
        source.rotate(first.trusting(CA, TestCa.root("example.org")));
        assertThat(told).hasValue(3);
    }

    @Test
    void whatAFailingSourceGaveBeforeStaysInUse() throws SSLException {
        source.rotate(CA.consulSvid("web").trusting(CA));
        Identity kept = keyring.current();

        source.fail("gone");

        assertThat(keyring.require()).isSameAs(kept);
        assertThat(keyring.trouble()).isEqualTo("gone");
        source.rotate(CA.consulSvid("web").trusting(CA));
        assertThat(keyring.trouble()).isNull();
    }

    @Test
    void anIdentityThatIsNotRenewedIsWarnedOfWhenAFifthOfItsLifeIsLeft() {
        source.rotate(CA.consulSvid("web").trusting(CA));
        source.fail("consul is away");
        time.advance(Duration.ofHours(9));
        assertThat(warnings()).noneMatch(line -> line.contains("was not renewed"));

        time.advance(Duration.ofHours(2));

        assertThat(warnings())
                .anyMatch(line -> line.contains("was not renewed by the test, which says: consul is away"));
    }

    @Test
    void aRenewedIdentityIsNotWarnedOf() {
        source.rotate(CA.consulSvid("web").trusting(CA));
        source.rotate(CA.request("spiffe://example.org/web")
                .valid(time.now(), time.now().plus(Duration.ofDays(30)))
                .issue()
                .trusting(CA));
        time.advance(Duration.ofHours(20));
        assertThat(warnings()).isEmpty();
        assertThat(time.pending()).isEqualTo(1);
        keyring.close();
        assertThat(time.pending()).isZero();
    }

    @Test
    void anExpiredIdentityOfOurOwnIsNamedBeforeAnyPeerIsAsked() {
        source.rotate(CA.consulSvid("web").trusting(CA));
        time.advance(Duration.ofHours(13));
        assertThatThrownBy(keyring::require)
                .hasMessageStartingWith(
                        "our own certificate, spiffe://example.org/ns/default/dc/dc1/svc/web, expired at");
    }

    @Test
    void aCertificateForEverDoesNoHarm() throws SSLException {
        source.rotate(CA.request("spiffe://example.org/web")
                .valid(time.now(), time.now().plus(Duration.ofDays(365L * 7000)))
                .issue()
                .trusting(CA));
        assertThat(keyring.require().id()).hasToString("spiffe://example.org/web");
    }

    @Test
    void theLifeThatIsLeftIsPublished() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        keyring.publish(registry);
        assertThat(registry.get("weft.identity.remaining").gauge().value()).isNaN();

        source.rotate(CA.consulSvid("web").trusting(CA));
        source.rotate(CA.consulSvid("web").trusting(CA));

        assertThat(registry.get("weft.identity.remaining").gauge().value()).isBetween(43_000.0, 43_200.0);
        assertThat(registry.get("weft.identity.rotations").functionCounter().count())
                .isEqualTo(1);
    }

    @Test
    void nothingLoggedHoldsTheKey() {
        TestSvid svid = CA.consulSvid("web");
        source.rotate(svid.trusting(CA));
        String secret = svid.keyPem().lines().skip(1).findFirst().orElseThrow();
        assertThat(logged.list).isNotEmpty();
        assertThat(logged.list).noneMatch(event -> event.getFormattedMessage().contains(secret));
        assertThat(svid.trusting(CA).toString()).doesNotContain(secret).contains("spiffe://example.org");
    }

    private List<String> warnings() {
        return logged.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
