package dev.weft.bench.faults.peers;

import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client is told.
 *
 * @param scenario what is run
 * @param ports where the servers are, on this machine, in the fleet's order
 * @param number which of the scenario's clients it is
 */
public record Around(Scenario scenario, List<Integer> ports, int number) {
    static final String HOST = "127.0.0.1";

    /** How long a caller waits. */
    Duration deadline() {
        return Duration.ofNanos(scenario.deadlineNanos());
    }

    String service() {
        return scenario.service();
    }

    /** The ports of the servers that clients call. */
    List<Integer> callable() {
        List<Integer> found = new ArrayList<>();
        int first = 0;
        for (Group group : scenario.fleet()) {
            if (group.service().equals(service())) {
                found.addAll(ports.subList(first, first + group.servers()));
            }
            first += group.servers();
        }
        return found;
    }
}
