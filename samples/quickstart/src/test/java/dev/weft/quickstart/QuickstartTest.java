package dev.weft.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.quickstart.day.Day;
import dev.weft.quickstart.day.Scene;
import dev.weft.quickstart.stage.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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
                .containsPattern(
                        "replicas know who calls +spiffe://\\S+/svc/storefront +spiffe://\\S+/svc/storefront +yes")
                .containsPattern("operators read it elsewhere +REFUSED, line 4 +REFUSED .* yes")
                .containsPattern("All \\d+ promises held");
    }

    @Test
    void aDayThatTakesTooLongIsStoppedAndABrokenPromise() {
        int exit = Quickstart.run(out, List.of(new Endless()), Duration.ofSeconds(8), "--plain", "--quick");

        assertThat(exit).as(said()).isEqualTo(1);
        assertThat(said())
                .contains("The day takes too long: it is stopped in 'endless'")
                .containsPattern("it is over in time +within 8.0 s +8.\\d s, stopped in 'endless' +NO");
    }

    @Test
    void anErrorThatNobodyAnnouncedIsABrokenPromise() {
        int exit = Quickstart.run(out, List.of(new Sabotage()), Quickstart.LIMIT, "--plain", "--quick");

        assertThat(exit).as(said()).isEqualTo(1);
        assertThat(said())
                .containsPattern("sabotage +callers are answered .* NO")
                .contains("1 of 1 promises were broken");
    }

    @Test
    void anUnknownOptionIsExplained() {
        PrintStream before = System.err;
        System.setErr(out);
        try {
            assertThat(Quickstart.run(out, List.of(), Quickstart.LIMIT, "--plane"))
                    .isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        assertThat(said()).contains("--plane").contains("--plain");
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
