package dev.weft.bench.faults;

import dev.weft.call.Fate;
import dev.weft.simulator.measure.Results;
import dev.weft.simulator.measure.Tally;
import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.scenario.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What clients and servers wrote down, counted as the simulator counts. */
final class Records {
    private final Scenario scenario;
    private final Tally tally;

    /** @param lines of the clients' journal and of the servers' */
    Records(Scenario scenario, List<String> lines) {
        this.scenario = scenario;
        this.tally = new Tally(scenario, serviceOf(scenario), false);
        List<String[]> events = new ArrayList<>();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "r" -> request(words);
                case "refused" -> refused(Long.parseLong(words[1]));
                default -> events.add(words);
            }
        }
        events.sort(Comparator.comparingLong(words -> Long.parseLong(words[2])));
        events.forEach(this::event);
    }

    private static int[] serviceOf(Scenario scenario) {
        List<String> services = scenario.services();
        List<Integer> found = new ArrayList<>();
        for (Group group : scenario.fleet()) {
            for (int i = 0; i < group.servers(); i++) {
                found.add(services.indexOf(group.service()));
            }
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private void request(String[] words) {
        long began = Long.parseLong(words[1]);
        long ended = Long.parseLong(words[2]);
        tally.started(began);
        tally.ended(began, ended, fate(words[3]), 1, words[4].equals("1"));
    }

    private static Fate fate(String ending) {
        return switch (ending) {
            case "OK" -> Fate.SUCCESS;
            case "LATE" -> Fate.FAILED_DEADLINE;
            case "REJECTED" -> Fate.REJECTED_LIMIT;
            default -> Fate.FAILED_ATTEMPTS_EXHAUSTED;
        };
    }

    /** Only how many is known. */
    private void refused(long count) {
        for (long i = 0; i < count; i++) {
            tally.refused(scenario.fromNanos());
        }
    }

    private void event(String[] words) {
        int server = Integer.parseInt(words[1]);
        long at = Math.max(0, Long.parseLong(words[2]));
        if (words[0].equals("a")) {
            tally.attempt(server, at);
        } else {
            tally.served(at, words[3].equals("1"));
        }
    }

    Results results() {
        return new Results(scenario, tally);
    }
}
