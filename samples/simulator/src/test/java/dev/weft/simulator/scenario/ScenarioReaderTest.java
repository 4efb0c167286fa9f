package dev.weft.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioReaderTest {
    private static final long SECOND = 1_000_000_000;
    private static final String SOUND = """
            duration: 10s
            load: {rate: 100}
            fleet:
              - {service: cart, servers: 2, time: 5ms, zone: a, calls: stock}
              - {service: stock, servers: 3, time: 5ms, zone: b}
            """;

    @Test
    void whatIsNotSaidHasADefault() {
        Scenario scenario = ScenarioReader.read("dir/mine.yaml", SOUND);
        assertThat(scenario.name()).isEqualTo("mine");
        assertThat(scenario.clients()).isEqualTo(1);
        assertThat(scenario.deadlineNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
        assertThat(scenario.services()).containsExactly("cart", "stock");
        assertThat(scenario.faults()).isEmpty();
    }

    @Test
    void faultsBefallServersByGroupZoneAndNumber() {
        Scenario scenario = ScenarioReader.read("test", SOUND + """
                        faults:
                          - {kind: die, at: 1s, for: 1s, zone: b}
                          - {kind: drain, at: 3s, for: 1s, every: 2s, group: stock, first: 2}
                          - {kind: slow, at: 8s, time: 1s}
                        """);
        assertThat(scenario.faults()).extracting(Fault::servers).asString().isEqualTo("[[2, 3, 4], [3, 4], [0, 1]]");
        assertThat(scenario.faults().get(1).endNanos())
                .isEqualTo(Duration.ofSeconds(6).toNanos());
    }

    @Test
    void aFaultComesAgainAsOftenAsItSays() {
        Scenario scenario = ScenarioReader.read(
                "test", SOUND + "faults: {kind: hang, at: 1s, for: 500ms, times: 3, again: 2s, group: stock}\n");
        assertThat(scenario.faults()).extracting(Fault::atNanos).containsExactly(SECOND, 3 * SECOND, 5 * SECOND);
        assertThat(scenario.faults()).extracting(Fault::servers).containsOnly(List.of(2, 3, 4));
    }

    @Test
    void aSlowServerMayGetSlowerAndSlower() {
        Scenario scenario =
                ScenarioReader.read("test", SOUND + "faults: {kind: slow, at: 1s, time: 10ms, growth: 10%}\n");
        Fault fault = scenario.faults().get(0);
        assertThat(fault.takesNanos(0)).isEqualTo(10_000_000);
        assertThat(fault.takesNanos(2 * SECOND)).isEqualTo(12_100_000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            durations: 3s                                    | test:6:1: knows no 'durations'
            clients: 0                                       | test:6:10: clients must be 1 or more
            deadline: 5                                      | test:6:11: deadline has no unit
            from: 10s                                        | test:6:7: from must be less than duration
            faults: {kind: melt, at: 1s}                     | test:6:16: kind
            faults: {kind: die}                              | test:6:9: has no at
            faults: {kind: die, at: 1s, group: carts}        | test:6:36: the fleet has no group 'carts'
            faults: {kind: die, at: 1s, zone: z}             | test:6:35: the fleet has no server in zone 'z'
            faults: {kind: die, at: 1s, servers: 3}          | test:6:38: servers must be 2 or less
            faults: {kind: die, at: 1s, time: 1s}            | test:6:29: knows no 'time'
            faults: {kind: fail, at: 1s, growth: 10%}        | test:6:30: knows no 'growth'
            faults: {kind: hang, at: 1s, for: 1s, times: 2}  | test:6:9: has no again
            faults: {kind: hang, at: 1s, for: 2s, times: 2, again: 1s} | test:6:16: befalls a server of cart while
            faults: {kind: hang, at: 1s, again: 1s}          | test:6:30: knows no 'again'
            faults: [{kind: die, at: 1s}, {kind: slow, at: 2s, time: 1s}] | test:6:38: befalls a server of cart while
            faults: {kind: drain, at: 1s, news: 2s}          | test:6:37: news of the first drain would come before
            targets: {succes: {aim: 1}}                      | test:6:11: knows no 'succes'
            targets: {p99: {aim: 3}}                         | test:6:22: aim has no unit
            oneWay: [1ms]                                    | test:6:9: oneWay must be one value
            policy: {                                        | test:7:1: cannot be read
            duration: 5s                                     | test:6:1: the key 'duration' stands here twice
            """)
    void mistakesAreToldWithTheirPlace(String line, String problem) {
        assertThatThrownBy(() -> ScenarioReader.read("test", SOUND + line + "\n"))
                .isInstanceOf(ScenarioRefused.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            service: a, servers: 1, time: 1ms, calls: b     | 'b', which nobody serves
            service: a, servers: 1, time: 1ms, calls: a     | calls in a circle: a
            service: a, servers: 70000, time: 1ms           | servers must be 65535 or less
            service: a, time: 1ms                           | has no servers
            service: a, servers: 1, time: 1ms, speed: fast  | knows no 'speed'
            """)
    void aFleetMustBePossible(String group, String problem) {
        assertThatThrownBy(() -> ScenarioReader.read("t", "duration: 1s\nload: {rate: 1}\nfleet: {" + group + "}\n"))
                .isInstanceOf(ScenarioRefused.class)
                .hasMessageStartingWith("t:3:")
                .hasMessageContaining(problem);
    }

    @Test
    void anEmptyTextIsNoScenario() {
        assertThatThrownBy(() -> ScenarioReader.read("t", "")).hasMessage("t:1:1: says nothing");
        assertThatThrownBy(() -> ScenarioReader.read("t", "- 1")).hasMessageContaining("must be a mapping");
    }
}
