package dev.weft.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SimulatorTest {
    @Test
    void theSameSeedGivesTheSameBytes() {
        String once = run("S4", "--seed", "7");
        assertThat(run("S4", "--seed", "7")).isEqualTo(once).contains("| refused connects ");
        assertThat(run("S4", "--seed", "8")).isNotEqualTo(once);
    }

    private static String run(String... args) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(Simulator.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), args))
                .isZero();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
