package dev.weft.simulator.measure;

import dev.weft.policy.SettingTypes;
import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/** How it went, second by second, each request counted where it began. */
public final class Course {
    private static final long SECOND_NANOS = 1_000_000_000;

    private final Scenario scenario;
    private final Tally tally;

    Course(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
    }

    /**
     * A figure over time.
     *
     * @param values one for each second; infinite where it knows no bound, NaN where there is none
     */
    public record Line(String name, List<Double> values) {}

    public Line succeeded() {
        return line("succeeded", at -> tally.startedAndSucceeded.within(at, at + SECOND_NANOS));
    }

    public Line failed() {
        return line(
                "failed",
                at -> tally.started.within(at, at + SECOND_NANOS)
                        - tally.startedAndSucceeded.within(at, at + SECOND_NANOS));
    }

    /** Attempts at the first service per request. */
    public Line amplification() {
        return line(
                "attempts per request",
                at -> (double) tally.attempts.get(0).within(at, at + SECOND_NANOS)
                        / tally.started.within(at, at + SECOND_NANOS));
    }

    /** A percentile of latency in milliseconds, where what failed took for ever. */
    public Line latency(String name, double quantile) {
        return line(name, at -> {
            int second = (int) (at / SECOND_NANOS);
            if (second >= tally.latencyBySecond.size()) {
                return Double.NaN;
            }
            Histogram histogram = tally.latencyBySecond.get(second);
            return Percentiles.micros(histogram, tally.started.within(at, at + SECOND_NANOS), quantile) / 1000;
        });
    }

    /** Of each group, or of the servers of each fault, the share of the attempts at their service. */
    public List<Line> shares() {
        List<Line> lines = new ArrayList<>();
        Set<List<Integer>> seen = new HashSet<>();
        for (Fault fault : scenario.faults()) {
            if (seen.add(fault.servers())) {
                lines.add(share(SettingTypes.word(fault.kind()) + " " + fault.whom(), fault.servers()));
            }
        }
        int first = 0;
        for (Group group : scenario.fleet()) {
            List<Integer> servers =
                    IntStream.range(first, first + group.servers()).boxed().toList();
            if (scenario.fleet().size() > 1 && seen.add(servers)) {
                lines.add(share(group.name(), servers));
            }
            first += group.servers();
        }
        return lines;
    }

    private Line share(String name, List<Integer> servers) {
        int service = tally.serviceOf(servers.get(0));
        return line(name, at -> {
            long mine = servers.stream()
                    .mapToLong(server -> tally.attemptsAt.get(server).within(at, at + SECOND_NANOS))
                    .sum();
            return 100.0 * mine / tally.attempts.get(service).within(at, at + SECOND_NANOS);
        });
    }

    private Line line(String name, LongToDoubleFunction value) {
        long seconds = (scenario.durationNanos() + SECOND_NANOS - 1) / SECOND_NANOS;
        return new Line(
                name,
                LongStream.range(0, seconds)
                        .mapToDouble(second -> value.applyAsDouble(second * SECOND_NANOS))
                        .boxed()
                        .toList());
    }
}
