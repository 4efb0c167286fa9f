package dev.weft.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.quickstart.day.Day;
import dev.weft.quickstart.day.Scene;
import dev.weft.quickstart.stage.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** The day with real replicas, in half the time. */
class QuickstartTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theDayKeepsItsPromises() {
        int exit = Quickstart.run(out, Day.scenes(), Quickstart.LIMIT, "--plain", "--quick");

        assertThat(exit).as(said()).isZero();
        assertThat(said())
                .contains("scene", "promise", "expected", "seen", "held")
                .containsPattern("All \\d+ promises held");
        Day.scenes().forEach(scene -> assertThat(said()).contains("\n" + scene.title()));
    }

    /** The same day on a real Consul: policy, services, mTLS and status from there. */
    @Test
    void theDayKeepsItsPromisesOnConsul() {
        int exit = Quickstart.run(out, Day.scenes(), Quickstart.LIMIT, "--plain", "--quick", "--consul");

        assertThat(exit).as(said()).isZero();
        assertThat(said())
                .containsPattern("replicas know who calls +(\\S+/svc/storefront) +\\1 +yes")
                .containsPattern("operators read it elsewhere +REFUSED, line 4 +REFUSED .* yes")
                .containsPattern("All \\d+ promises held");
    }

    @Test
    void aConsulThatIsThereIsLeftAsItWas() {
        try (ConsulAgent agent = ConsulAgent.start()) {
            int exit =
                    Quickstart.run(out, List.of(), Quickstart.LIMIT, "--plain", "--quick", "--consul=" + agent.url());

            assertThat(exit).as(said()).isZero();
            assertThat(said()).contains(agent.url());
            assertThat(agent.api().get("/v1/catalog/services"))
                    .contains("consul")
                    .doesNotContain("inventory", "pricing");
            assertThatThrownBy(() -> agent.api().get("/v1/kv/weft?recurse")).hasMessageContaining("404");
        }
    }

    @Test
    void aConsulThatHasSuchServicesIsRefused() {
        try (ConsulAgent agent = ConsulAgent.start()) {
            agent.api().put("/v1/agent/service/register", "{\"Name\": \"pricing\", \"Port\": 80}");
            int exit = complaining(
                    () -> Quickstart.run(out, List.of(), Quickstart.LIMIT, "--plain", "--consul=" + agent.url()));

            assertThat(exit).isEqualTo(1);
            assertThat(said())
                    .contains("The day cannot be played: Consul at " + agent.url() + " has a service pricing already")
                    .doesNotContain("Exception");
        }
    }

    @Test
    void aConsulThatIsNotThereIsToldWithTheReason() {
        int exit = complaining(
                () -> Quickstart.run(out, List.of(), Quickstart.LIMIT, "--plain", "--consul=http://127.0.0.1:1"));

        assertThat(exit).isEqualTo(1);
        assertThat(said()).contains("The day cannot be played: GET http://127.0.0.1:1/", "Connection refused");
    }

    @Test
    void aDayThatTakesTooLongIsStoppedAndABrokenPromise() {
        int exit = Quickstart.run(out, List.of(new Endless()), Duration.ofSeconds(5), "--plain", "--quick");

        assertThat(exit).as(said()).isEqualTo(1);
        assertThat(said())
                .contains("The day takes too long: it is stopped in 'endless'")
                .containsPattern("it is over in time +within 5.0 s +\\d+\\.\\d s, stopped in 'endless' +NO");
    }

    @Test
    void anErrorThatNobodyAnnouncedIsABrokenPromise() {
        int exit = Quickstart.run(out, List.of(new Sabotage()), Quickstart.LIMIT, "--plain", "--quick");

        assertThat(exit).as(said()).isEqualTo(1);
        assertThat(said())
                .containsPattern("sabotage +callers are answered .* NO")
                .contains("1 of 2 promises were broken");
    }

    @Test
    void anUnknownOptionIsExplained() {
        assertThat(complaining(() -> Quickstart.run(out, List.of(), Quickstart.LIMIT, "--plane")))
                .isEqualTo(2);
        assertThat(said()).contains("--plane").contains("--plain");
    }

    /** With standard error kept too. */
    private int complaining(IntSupplier run) {
        PrintStream before = System.err;
        System.setErr(out);
        try {
            return run.getAsInt();
        } finally {
            System.setErr(before);
        }
    }

    /** Waits for what never comes. */
    private static final class Endless implements Scene {
        @Override
        public String title() {
            return "endless";
        }

        @Override
        public void play(Stage stage) {
            stage.until(600, () -> false);
        }
    }

    /** Kills the only replica of pricing without a word. */
    private static final class Sabotage implements Scene {
        @Override
        public String title() {
            return "sabotage";
        }

        @Override
        public void play(Stage stage) {
            stage.replica("pricing-1").kill();
            stage.until(10, () -> stage.seen("pricing").failed() > 0);
        }
    }
}
