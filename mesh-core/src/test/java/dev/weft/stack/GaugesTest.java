package dev.weft.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GaugesTest {
    private final Gauges gauges = new Gauges();
    private final List<Gauges.Gauge> seen = new ArrayList<>();

    @Test
    void watchersAreToldOfThoseOfNowAndThoseToCome() {
        gauges.show("budget", "what is left", () -> 3);
        gauges.watch(seen::add);
        gauges.show("breaker", "its state", () -> 1, "route", "a");
        gauges.show("breaker", "its state", () -> 2, "route", "b");
        assertThat(seen).extracting(Gauges.Gauge::value).containsExactly(3.0, 1.0, 2.0);
        assertThat(seen.get(1).tags()).containsExactly("route", "a");
    }

    @Test
    void aFigureShownAgainTakesThePlaceOfTheFirst() {
        gauges.watch(seen::add);
        gauges.show("budget", "what is left", () -> 3);
        gauges.show("budget", "what is left", () -> 8);
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0).value()).isEqualTo(8);
    }

    @Test
    void aTagWithoutAValueIsRefused() {
        assertThatThrownBy(() -> gauges.show("budget", "", () -> 0, "route"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("budget");
    }
}
