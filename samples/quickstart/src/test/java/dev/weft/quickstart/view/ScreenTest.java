package dev.weft.quickstart.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final Picture PICTURE = new Picture(
            Duration.ofMillis(12_340),
            List.of(new Picture.ServiceRow(
                    "inventory", 99.6, 0.9996, Duration.ofNanos(1_240_000), Duration.ofMillis(310), 7, 28, "closed")),
            List.of(
                    new Picture.ReplicaRow("inventory-1", 0.75, ""),
                    new Picture.ReplicaRow("inventory-2", 0.25, "slow: 400 ms")),
            "3f2a91 applied");

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    @Test
    void theScreenShowsAllThatCounts() {
        List<String> lines = Screen.lines(PICTURE, List.of("inventory-2 becomes slow"));

        assertThat(String.join("\n", lines))
                .contains("12.3 s", "policy 3f2a91 applied")
                .containsPattern("inventory +100 +99.96 % +1.2 ms +310 ms +7 +28 +closed")
                .containsPattern("inventory-1 +={30} +75 %")
                .containsPattern("inventory-2 +={10} +25 % +slow: 400 ms")
                .endsWith("inventory-2 becomes slow");
    }

    @Test
    void thePlainLineShowsTheSame() {
        new PlainView(out).show(PICTURE);

        assertThat(said.toString(StandardCharsets.UTF_8))
                .hasLineCount(1)
                .contains("12.3 s", "inventory 100/s", "99.96 %", "1.2 ms", "310 ms", "closed", "75 % 25 %", "3f2a91");
    }

    @Test
    void theTerminalIsLeftAsItWas() {
        AnsiView view = new AnsiView(out);
        view.show(PICTURE);
        view.say("evening");
        view.close();
        view.show(PICTURE);

        assertThat(said.toString(StandardCharsets.UTF_8))
                .startsWith("\u001b[?1049h")
                .containsOnlyOnce("\u001b[?1049l")
                .endsWith("evening\u001b[0m\n");
    }

    @Test
    void aBrokenPromiseStandsInTheSummary() {
        List<String> lines = Summary.lines(List.of(
                new Promised("opening", "calls", "0 errors", "0 errors", true),
                new Promised("opening", "shares", "33 %", "x".repeat(200), false)));

        assertThat(String.join("\n", lines))
                .containsPattern("opening +calls +0 errors +0 errors +yes")
                .containsPattern(" +shares +33 % +x{57}\\.\\.\\. +NO")
                .endsWith("1 of 2 promises were broken.");
    }
}
