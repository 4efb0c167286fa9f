package dev.weft.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.bench.faults.peers.Peers;
import dev.weft.bench.faults.scenario.Live;
import dev.weft.simulator.measure.Results;
import dev.weft.simulator.scenario.Measure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the harness works, not how well clients do: the machine may be busy. */
class FaultsTest {
    @Test
    void aRunAgainstRealServersIsCountedAsTheSimulatorCounts() throws IOException {
        try (Lane lane = new Lane(7)) {
            Results results = lane.run(new Live("S2", 2, 1, false), Peers.WEFT);
            assertThat(results.requests()).isBetween(700L, 1000L);
            assertThat(results.value(Measure.SUCCESS)).isPositive();
            assertThat(results.value(Measure.AMPLIFICATION)).isPositive();
            assertThat(results.value(Measure.SHARE)).isBetween(0.0, 1.0);
            assertThat(new Comparison(Map.of(Peers.WEFT, results)).markdown()).contains("## S2", "| Weft |", "p99.9");
        }
    }

    @Test
    void allPublishedScenariosAreThereAndKeepTheirFaults() throws IOException {
        for (String name : List.of("S1", "S2", "S3", "S4", "S5", "S6", "S7", "S7b", "S8", "S8b", "S9", "S10")) {
            Live live = new Live(name, 30, 1, false);
            assertThat(Live.of(live.word())).isEqualTo(live);
            assertThat(live.scenario().durationNanos()).isEqualTo(30_000_000_000L);
            assertThat(live.scenario().faults())
                    .allSatisfy(fault -> assertThat(fault.fromNanos(0)).isLessThan(30_000_000_000L));
        }
    }
}
