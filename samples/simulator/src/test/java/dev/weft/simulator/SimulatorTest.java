package dev.weft.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimulatorTest {
    @Test
    void theSameSeedGivesTheSameBytes() {
        String once = run("S4", "--seed", "7");
        assertThat(run("S4", "--seed", "7")).isEqualTo(once).contains("| refused connects ");
        assertThat(run("S4", "--seed", "8")).isNotEqualTo(once);
    }

    @Test
    void plotsAreWellFormedAndTheSameEachTime(@TempDir Path folder) throws Exception {
        run("S4", "--out", folder.resolve("once").toString());
        run("S4", "--out", folder.resolve("again").toString());
        Path plot = folder.resolve("once").resolve("S4-1.svg");
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(plot.toFile());
        assertThat(plot).hasSameTextualContentAs(folder.resolve("again").resolve("S4-1.svg"));
        assertThat(folder.resolve("once").resolve("results.md")).content().contains("| S4 ");
    }

    @Test
    void everyPublishedScenarioCanBeReadAndSaysWhatItWants() throws IOException {
        for (String name : Simulator.PUBLISHED) {
            assertThat(Simulator.scenario(name).targets()).as(name).isNotEmpty();
        }
    }

    /** What docs/resilience.md promises; what is aimed at besides is reported, not asserted. */
    @ParameterizedTest
    @MethodSource("published")
    void everyPublishedScenarioReachesWhatIsRequired(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int exit = Simulator.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), name, "--targets");
        assertThat(exit).as(bytes.toString(StandardCharsets.UTF_8)).isZero();
    }

    private static List<String> published() {
        return Simulator.PUBLISHED;
    }

    @Test
    void whatCannotBeUsedEndsWithItsReason(@TempDir Path folder) throws IOException {
        Path policy =
                Files.writeString(folder.resolve("policy.yaml"), "weft: 1\ndefaults: {retry: {attempts: many}}\n");
        assertThat(Simulator.run(NOWHERE, "S4", "--policy", policy.toString())).isEqualTo(2);
        assertThat(Simulator.run(NOWHERE, "S4", "--clients", "0")).isEqualTo(2);
        assertThat(Simulator.run(NOWHERE, "S4", "--servers", "0")).isEqualTo(2);
        assertThat(Simulator.run(NOWHERE, "S4", "--rate", "NaN")).isEqualTo(2);
        assertThat(Simulator.run(NOWHERE, folder.resolve("absent.yaml").toString()))
                .isEqualTo(2);
    }

    private static final PrintStream NOWHERE =
            new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);

    private static String run(String... args) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Whether what is required is reached is no concern here: 0 or 1.
        assertThat(Simulator.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), args))
                .isBetween(0, 1);
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
