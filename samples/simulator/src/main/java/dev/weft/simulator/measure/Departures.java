package dev.weft.simulator.measure;

import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How traffic left the faulty servers and came back. A server is out from the attempt on after which it gets at most a
 * tenth of its share for a second; it is back when it gets at least half of its share for half a second.
 */
final class Departures {
    private static final long OUT_NANOS = 1_000_000_000;
    private static final double OUT_SHARE = 0.1;
    private static final long BACK_NANOS = 500_000_000;
    private static final double BACK_SHARE = 0.5;

    private final Scenario scenario;
    private final Tally tally;
    private final List<Sick> sick = new ArrayList<>();

    Departures(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
        for (Fault fault : scenario.faults()) {
            int first = firstOf(fault.group());
            for (int i = 0; i < fault.servers(); i++) {
                long from = fault.atNanos() + i * fault.everyNanos();
                sick.add(new Sick(first + i, from, Math.min(from + fault.forNanos(), scenario.durationNanos())));
            }
        }
    }

    /** A server and when it was not well. */
    private record Sick(int server, long from, long until) {}

    private int firstOf(String name) {
        int first = 0;
        for (Group group : scenario.fleet()) {
            if (group.name().equals(name)) {
                return first;
            }
            first += group.servers();
        }
        throw new IllegalArgumentException("no group " + name);
    }

    private Group groupOf(int server) {
        int left = server;
        for (Group group : scenario.fleet()) {
            if (left < group.servers()) {
                return group;
            }
            left -= group.servers();
        }
        throw new IllegalArgumentException("no server " + server);
    }

    private int service(int server) {
        return scenario.services().indexOf(groupOf(server).service());
    }

    /** What a server would get if all were alike. */
    private double fair(int server, long from, long until) {
        String service = groupOf(server).service();
        long siblings = scenario.fleet().stream()
                .filter(group -> group.service().equals(service))
                .mapToLong(Group::servers)
                .sum();
        return (double) tally.attempts.get(service(server)).within(from, until) / siblings;
    }

    double share() {
        if (sick.isEmpty()) {
            return Double.NaN;
        }
        // Of servers that were sick at the same time the shares add up; of those that were so in turn they do not.
        Map<Long, long[]> byTime = new HashMap<>();
        for (Sick each : sick) {
            long[] counts = byTime.computeIfAbsent(each.from, f -> new long[2]);
            counts[0] += tally.attemptsAt.get(each.server).within(each.from, each.until);
            counts[1] = tally.attempts.get(service(each.server)).within(each.from, each.until);
        }
        return byTime.values().stream()
                .mapToDouble(counts -> counts[1] == 0 ? 0 : (double) counts[0] / counts[1])
                .max()
                .orElse(Double.NaN);
    }

    double attemptsUntilOut() {
        return sick.stream().mapToDouble(each -> out(each)[0]).max().orElse(Double.NaN);
    }

    double untilOut() {
        return sick.stream().mapToDouble(each -> out(each)[1]).max().orElse(Double.NaN);
    }

    /** How many attempts, and how long. */
    private double[] out(Sick each) {
        Moments attempts = tally.attemptsAt.get(each.server);
        int first = attempts.from(each.from);
        int end = attempts.from(each.until);
        for (int i = first; i <= end; i++) {
            // From the moment on when the one before had gone out.
            long at = i == first ? each.from : attempts.at(i - 1) + 1;
            long until = Math.min(each.until, at + OUT_NANOS);
            double fair = fair(each.server, at, at + OUT_NANOS);
            if (attempts.within(at, until) <= OUT_SHARE * fair) {
                return new double[] {i - first, at - each.from};
            }
        }
        return new double[] {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    }

    double untilBack() {
        return sick.stream()
                .filter(each -> each.until < scenario.durationNanos())
                .mapToDouble(this::back)
                .max()
                .orElse(Double.NaN);
    }

    private double back(Sick each) {
        Moments attempts = tally.attemptsAt.get(each.server);
        for (long at = each.until; at + BACK_NANOS <= scenario.durationNanos(); at += Buckets.SLICE_NANOS) {
            if (attempts.within(at, at + BACK_NANOS) >= BACK_SHARE * fair(each.server, at, at + BACK_NANOS)) {
                return at - each.until;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    /** While servers are gone: of each zone its share of attempts over its share of the capacity that is left. */
    double zoneOverShare() {
        if (scenario.fleet().get(0).zone().isEmpty() || sick.isEmpty()) {
            return Double.NaN;
        }
        long from = sick.get(0).from;
        long until = sick.get(0).until;
        Map<String, double[]> zones = new HashMap<>();
        double[] all = new double[2];
        int server = 0;
        for (Group group : scenario.fleet()) {
            for (int i = 0; i < group.servers(); i++, server++) {
                int number = server;
                boolean well = sick.stream().noneMatch(each -> each.server == number);
                double capacity = well ? group.workers() / (double) group.time().nanos() : 0;
                double attempts = tally.attemptsAt.get(server).within(from, until);
                double[] zone = zones.computeIfAbsent(group.zone(), z -> new double[2]);
                zone[0] += attempts;
                zone[1] += capacity;
                all[0] += attempts;
                all[1] += capacity;
            }
        }
        return zones.values().stream()
                .mapToDouble(zone -> (zone[0] / all[0]) / (zone[1] / all[1]))
                .max()
                .orElse(Double.NaN);
    }
}
