package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class IdentityMetersTest {
    private static final TestCa CA = TestCa.root("example.org");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void aMeshWithARegistryPublishesItsIdentityUntilItIsClosed() {
        FixedIdentity source = new FixedIdentity(CA.consulSvid("web").trusting(CA));
        try (Mesh mesh = Mesh.builder().identity(source).metrics(registry).start()) {
            assertThat(mesh.waitingFor()).isEmpty();
            source.rotate(CA.consulSvid("web").trusting(CA));
            assertThat(registry.get("weft.identity.rotations").functionCounter().count())
                    .isEqualTo(1);
            assertThat(registry.get("weft.identity.remaining").gauge().value()).isPositive();
        }
        assertThat(registry.find("weft.identity.remaining").gauge()).isNull();
        assertThat(registry.find("weft.identity.rotations").functionCounter()).isNull();
    }

    @Test
    void aMeshWithoutAnIdentitySaysThatItsCallsAreInPlainText() {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(MeshBuilder.class);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logged.start();
        logger.addAppender(logged);
        try (Mesh mesh = Mesh.builder().metrics(registry).start()) {
            assertThat(mesh.identity()).isNull();
            assertThat(logged.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("no source of identities: calls are sent in plain text unless their own client"
                            + " does TLS");
            assertThat(registry.find("weft.identity.remaining").gauge()).isNull();
        } finally {
            logger.detachAppender(logged);
            logger.setLevel(null);
            logger.setAdditive(true);
        }
    }
}
