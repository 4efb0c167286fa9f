package dev.weft.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizingTest {
    private static final String TEN = """
            duration: 10s
            load: [{rate: 350}, {at: 5s, rate: 650}]
            fleet: {service: stock, servers: 10, time: 100ms%s}
            faults: {kind: die, at: 2s, for: 1s, servers: %s}
            """;

    private static Scenario ten(String bounds, int dying) {
        return ScenarioReader.read("ten.yaml", TEN.formatted(bounds, dying));
    }

    private static double utilisation(Scenario scenario) {
        double capacity =
                scenario.fleet().stream().mapToDouble(Group::perSecond).sum();
        return scenario.load().get(1).perSecond() / capacity;
    }

    @ParameterizedTest
    @CsvSource({"1, , 50, 1000", "2, , 25, 500", "3, , 17, 340", "50, , 1, 20", "10, 3500, 50, 1000", "50, 1750, 5, 100"
    })
    void serversGetTheWorkersThatTheLoadNeedsAndItsUtilisationStays(int servers, Double rate, int workers, int queue) {
        Scenario was = ten(", workers: 5, queue: 100", 3);
        Scenario now = was.sized(servers, rate);
        Group group = now.fleet().get(0);
        assertThat(List.of(group.servers(), group.workers(), group.queue())).containsExactly(servers, workers, queue);
        assertThat(utilisation(now)).isCloseTo(utilisation(was), within(1e-9));
    }

    @Test
    void withoutBoundsTheLoadIsWhatWasAskedFor() {
        Scenario now = ten("", 3).sized(4, 70.0);
        assertThat(now.load()).extracting(Load::perSecond).containsExactly(70.0, 130.0);
        assertThat(now.fleet().get(0).workers()).isEqualTo(FleetReader.MANY);
        assertThat(ten("", 3).sized(4, null).load()).extracting(Load::perSecond).containsExactly(350.0, 650.0);
    }

    @ParameterizedTest
    @CsvSource({"3, 50, 15", "3, 2, 1", "3, 5, 2", "1, 50, 1", "1, 2, 1", "10, 4, 4", "9, 2, 1"})
    void aFaultKeepsItsPartOfTheServersAndOneStaysOne(int dying, int servers, int now) {
        assertThat(ten("", dying).sized(servers, null).faults().get(0).servers())
                .hasSize(now)
                .doesNotHaveDuplicates()
                .allMatch(server -> server >= 0 && server < servers);
    }

    @Test
    void groupsServicesAndZonesKeepTheirProportion() {
        Scenario now = ScenarioReader.read("zones.yaml", """
                duration: 10s
                load: {rate: 500}
                fleet:
                  - {service: stock, group: a, zone: north, servers: 4, time: 5ms, calls: ledger}
                  - {service: stock, group: b, zone: south, servers: 2, time: 5ms, calls: ledger}
                  - {service: ledger, servers: 3, time: 5ms}
                faults: {kind: hang, zone: south, first: 2, servers: 1, at: 1s, for: 1s}
                """).sized(12, null);
        assertThat(now.fleet()).extracting(Group::servers).containsExactly(8, 4, 6);
        assertThat(now.faults().get(0).servers()).containsExactly(9);
    }
}
