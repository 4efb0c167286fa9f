package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a mesh shows of the requests that it serves. */
class ServerMetersTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private List<String> shown() {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .filter(name -> name.startsWith("weft.server."))
                .distinct()
                .sorted()
                .toList();
    }

    @Test
    void isShownAsLongAsTheMeshIsOpen() {
        Mesh mesh = Mesh.builder().metrics(registry).serves("inventory").start();
        assertThat(shown())
                .containsExactly(
                        "weft.server.limiting",
                        "weft.server.observed",
                        "weft.server.rate.observed",
                        "weft.server.refused",
                        "weft.server.requests");

        mesh.close();

        assertThat(shown()).isEmpty();
    }
}
