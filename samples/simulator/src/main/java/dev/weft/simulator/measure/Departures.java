package dev.weft.simulator.measure;

import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Scenario;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How traffic left the faulty servers and came back. A server is out from the attempt on after which it gets at most a
 * tenth of its share for a second; it is back when it gets at least half of its share for half a second.
 */
final class Departures {
    private static final long OUT_NANOS = 1_000_000_000;
    private static final double OUT_SHARE = 0.1;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long BACK_NANOS = 500_000_000;
    private static final double BACK_SHARE = 0.5;

    private final Scenario scenario;
    private final Tally tally;
    private final List<Sick> sick = new ArrayList<>();

    Departures(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
        for (Fault fault : scenario.faults()) {
            for (int i = 0; i < fault.servers().size(); i++) {
                long until = Math.min(fault.untilNanos(i), scenario.durationNanos());
                if (fault.fromNanos(i) < until) {
                    sick.add(new Sick(fault.servers().get(i), fault.fromNanos(i), until));
                }
            }
        }
    }

    /** A server and when it was not well. */
    private record Sick(int server, long from, long until) {}

    /** Of servers that were sick at the same time the shares add up; of those that were so in turn the largest counts. */
    double share() {
        Map<Long, Double> shares = new HashMap<>();
        for (Sick each : sick) {
            double all = tally.attempts.get(tally.serviceOf(each.server)).within(each.from, each.until);
            double mine = tally.attemptsAt.get(each.server).within(each.from, each.until);
            shares.merge(each.from, all == 0 ? 0 : mine / all, Double::sum);
        }
        return shares.values().stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    double attemptsUntilOut() {
        return worst(each -> {
            long out = out(each);
            return out == NEVER ? Double.POSITIVE_INFINITY : attempts(each).within(each.from, out);
        });
    }

    double untilOut() {
        return worst(each -> {
            long out = out(each);
            return out == NEVER ? Double.POSITIVE_INFINITY : out - each.from;
        });
    }

    double untilBack() {
        return worst(each -> each.until < scenario.durationNanos() ? back(each) : Double.NaN);
    }

    private double worst(ToDoubleFunction<Sick> figure) {
        return sick.stream()
                .mapToDouble(figure)
                .filter(value -> !Double.isNaN(value))
                .max()
                .orElse(Double.NaN);
    }

    private Moments attempts(Sick each) {
        return tally.attemptsAt.get(each.server);
    }

    /** The moment after its last attempt before it was out. */
    private long out(Sick each) {
        Moments attempts = attempts(each);
        int first = attempts.from(each.from);
        int end = attempts.from(each.until);
        for (int i = first; i <= end; i++) {
            long at = i == first ? each.from : attempts.at(i - 1) + 1;
            long until = Math.min(each.until, at + OUT_NANOS);
            if (attempts.within(at, until) <= OUT_SHARE * fair(each.server, at, until)) {
                return at;
            }
        }
        return NEVER;
    }

    private double back(Sick each) {
        for (long at = each.until; at + BACK_NANOS <= scenario.durationNanos(); at += Buckets.SLICE_NANOS) {
            if (attempts(each).within(at, at + BACK_NANOS) >= BACK_SHARE * fair(each.server, at, at + BACK_NANOS)) {
                return at - each.until;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    /** What a server would get if all were alike. */
    private double fair(int server, long from, long until) {
        int service = tally.serviceOf(server);
        return (double) tally.attempts.get(service).within(from, until) / tally.serversOf(service);
    }
}
