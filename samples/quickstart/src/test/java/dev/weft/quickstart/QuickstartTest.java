package dev.weft.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.quickstart.day.Day;
import dev.weft.quickstart.day.Scene;
import dev.weft.quickstart.stage.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
        int exit = Quickstart.run(out, Day.scenes(), "--plain", "--quick");

        assertThat(exit).as(said()).isZero();
        assertThat(said())
                .contains("scene", "promise", "expected", "seen", "held")
                .containsPattern("All \\d+ promises held");
        Day.scenes().forEach(scene -> assertThat(said()).contains("\n" + scene.title()));
    }

    @Test
    void anErrorThatNobodyAnnouncedIsABrokenPromise() {
        int exit = Quickstart.run(out, List.of(new Sabotage()), "--plain", "--quick");

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
            assertThat(Quickstart.run(out, List.of(), "--plane")).isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        assertThat(said()).contains("--plane").contains("--plain");
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
