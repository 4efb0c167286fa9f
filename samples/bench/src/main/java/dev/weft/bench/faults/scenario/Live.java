package dev.weft.bench.faults.scenario;

import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Load;
import dev.weft.simulator.scenario.Scenario;
import dev.weft.simulator.scenario.ScenarioReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A published scenario as it is run live: the simulator's own file, with its times scaled to what a run may last. What
 * servers and callers take (service times, deadlines, the news of discovery) stays as it is.
 *
 * @param name S1, S2 ...
 * @param seconds how long it lasts
 * @param seed of arrivals and service times
 * @param calm whether nothing befalls the servers: to warm up
 */
public record Live(String name, int seconds, long seed, boolean calm) {
    private static final double NANOS = 1e9;

    /** One word, for another process. */
    public String word() {
        return name + ':' + seconds + ':' + seed + ':' + calm;
    }

    public static Live of(String word) {
        String[] parts = word.split(":", -1);
        return new Live(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]), Boolean.parseBoolean(parts[3]));
    }

    /** @throws IOException where there is none of that name */
    public Scenario scenario() throws IOException {
        Scenario published = read();
        double factor = seconds * NANOS / published.durationNanos();
        return new Scenario(
                published.name(),
                published.about(),
                seed,
                scaled(published.durationNanos(), factor),
                scaled(published.fromNanos(), factor),
                published.clients(),
                published.application(),
                published.load().stream().map(load -> scaled(load, factor)).toList(),
                published.deadlineNanos(),
                published.policy(),
                published.oneWayNanos(),
                published.fleet(),
                calm
                        ? List.of()
                        : published.faults().stream()
                                .map(fault -> scaled(fault, factor))
                                .toList(),
                published.targets());
    }

    private Scenario read() throws IOException {
        String file = "/scenarios/" + name + ".yaml";
        try (InputStream in = Scenario.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException(name + ": there is no such scenario; there are S1 to S10, S7b and S8b");
            }
            return ScenarioReader.read(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Load scaled(Load load, double factor) {
        return new Load(scaled(load.fromNanos(), factor), load.perSecond(), load.arrivals(), load.topShare());
    }

    private static Fault scaled(Fault fault, double factor) {
        return new Fault(
                fault.kind(),
                scaled(fault.atNanos(), factor),
                scaled(fault.forNanos(), factor),
                fault.whom(),
                fault.servers(),
                fault.share(),
                fault.timeNanos(),
                fault.growth(),
                fault.status(),
                fault.retryAfterNanos(),
                scaled(fault.everyNanos(), factor),
                fault.newsNanos());
    }

    private static long scaled(long nanos, double factor) {
        return Math.round(nanos * factor);
    }
}
