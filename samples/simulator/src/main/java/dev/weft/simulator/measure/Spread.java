package dev.weft.simulator.measure;

import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.scenario.Scenario;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** How even attempts lay on servers and zones. */
final class Spread {
    private final Scenario scenario;
    private final Tally tally;

    Spread(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
    }

    /** Of the first service: the attempts at its busiest server over those at its servers on average. */
    double busiest() {
        long most = 0;
        long all = 0;
        for (int server = 0; server < tally.attemptsAt.size(); server++) {
            if (tally.serviceOf(server) == 0) {
                long mine = tally.attemptsAt.get(server).within(scenario.fromNanos(), scenario.durationNanos());
                most = Math.max(most, mine);
                all += mine;
            }
        }
        return all == 0 ? Double.NaN : (double) most * tally.serversOf(0) / all;
    }

    /** While servers are gone: of the zones' shares of attempts over their shares of what capacity is left the largest. */
    double zoneOverShare() {
        if (scenario.faults().isEmpty() || scenario.fleet().get(0).zone().isEmpty()) {
            return Double.NaN;
        }
        Fault fault = scenario.faults().get(0);
        Set<Integer> gone = new HashSet<>(fault.servers());
        Map<String, Zone> zones = new HashMap<>();
        Zone all = new Zone();
        int server = 0;
        for (Group group : scenario.fleet()) {
            Zone zone = zones.computeIfAbsent(group.zone(), z -> new Zone());
            for (int i = 0; i < group.servers(); i++, server++) {
                double capacity = gone.contains(server)
                        ? 0
                        : (double) group.workers() / group.time().nanos();
                long attempts = tally.attemptsAt.get(server).within(fault.fromNanos(0), fault.untilNanos(0));
                zone.add(capacity, attempts);
                all.add(capacity, attempts);
            }
        }
        return zones.values().stream()
                .mapToDouble(zone -> (zone.attempts / all.attempts) / (zone.capacity / all.capacity))
                .max()
                .orElse(Double.NaN);
    }

    private static final class Zone {
        double capacity;
        double attempts;

        void add(double moreCapacity, long moreAttempts) {
            capacity += moreCapacity;
            attempts += moreAttempts;
        }
    }
}
