package dev.weft.simulator.measure;

import dev.weft.call.Fate;
import dev.weft.simulator.scenario.Fault;
import dev.weft.simulator.scenario.Group;
import dev.weft.simulator.scenario.Load;
import dev.weft.simulator.scenario.Measure;
import dev.weft.simulator.scenario.Scenario;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What came of a scenario, as its measures count. Times are nanoseconds; NaN is for what the scenario has not. */
public final class Results {
    private final Scenario scenario;
    private final Tally tally;
    private final Departures departures;
    private final Spread spread;
    private final Map<Measure, Double> values = new EnumMap<>(Measure.class);

    public Results(Scenario scenario, Tally tally) {
        this.scenario = scenario;
        this.tally = tally;
        this.departures = new Departures(scenario, tally);
        this.spread = new Spread(scenario, tally);
        for (Measure measure : Measure.values()) {
            values.put(measure, count(measure));
        }
    }

    public double value(Measure measure) {
        return values.getOrDefault(measure, Double.NaN);
    }

    public long requests() {
        return tally.requests;
    }

    /** How it went over time. */
    public Course course() {
        return new Course(scenario, tally);
    }

    /** How the requests ended. */
    public Map<Fate, Long> fates() {
        return tally.fates;
    }

    public Scenario scenario() {
        return scenario;
    }

    /** Whether something is missed that the scenario requires. */
    public boolean missed() {
        return scenario.targets().stream()
                .filter(target -> !Double.isNaN(target.required()))
                .anyMatch(target -> !target.measure().meets(value(target.measure()), target.required()));
    }

    private double count(Measure measure) {
        long succeeded = tally.latency.getTotalCount();
        double requests = tally.requests;
        long[] attempts = tally.attemptsOf;
        return switch (measure) {
            case SUCCESS -> succeeded / requests;
            case ERRORS -> requests - succeeded;
            case P50 -> percentile(0.5);
            case P99 -> percentile(0.99);
            case P999 -> percentile(0.999);
            case MAX -> percentile(1);
            case AMPLIFICATION -> attempts[0] / requests;
            case LAST_HOP -> attempts.length < 2 ? Double.NaN : attempts[attempts.length - 1] / requests;
            case EXTRA_LOAD -> extraLoad();
            case HEDGES -> tally.hedges < 0 ? extraLoad() : tally.hedges / requests;
            case SHARE -> departures.share();
            case ATTEMPTS_OUT -> departures.attemptsUntilOut();
            case OUT -> departures.untilOut();
            case BACK -> departures.untilBack();
            case REFUSED -> tally.refused;
            case GOODPUT -> goodput();
            case RECOVERY -> recovery();
            case REJECTED -> tally.rejected / requests;
            case REJECTION -> tally.rejected == 0 ? Double.NaN : tally.slowestRejection;
            case WASTED -> tally.served == 0 ? Double.NaN : (double) tally.unwanted / tally.served;
            case TOP -> tally.top == 0 ? Double.NaN : (double) tally.topSucceeded / tally.top;
            case BUSIEST -> spread.busiest();
            case ZONE -> spread.zoneOverShare();
        };
    }

    private double extraLoad() {
        return Math.max(0, (double) tally.attemptsOf[0] / tally.requests - 1);
    }

    private double percentile(double quantile) {
        return 1000 * Percentiles.micros(tally.latency, tally.requests, quantile);
    }

    // Overload.

    private double capacity() {
        return scenario.fleet().stream()
                .filter(group -> group.service().equals(scenario.service()))
                .mapToDouble(Group::perSecond)
                .sum();
    }

    private double goodput() {
        double capacity = capacity();
        List<Load> load = scenario.load();
        long good = 0;
        long nanos = 0;
        for (int i = 0; i < load.size(); i++) {
            if (load.get(i).perSecond() > capacity) {
                long end = i + 1 < load.size() ? load.get(i + 1).fromNanos() : scenario.durationNanos();
                good += tally.succeeded.within(load.get(i).fromNanos(), end);
                nanos += end - load.get(i).fromNanos();
            }
        }
        return nanos == 0 ? Double.NaN : good / (nanos / 1e9);
    }

    private static final long CALM_NANOS = 1_000_000_000;
    private static final double CALM_SHARE = 0.999;

    /** From the end of the last fault, or of overload, until of the requests of the next second nearly all succeed. */
    private double recovery() {
        long trouble = 0;
        for (Fault fault : scenario.faults()) {
            trouble = Math.max(trouble, fault.endNanos());
        }
        List<Load> load = scenario.load();
        for (int i = 1; i < load.size(); i++) {
            if (load.get(i - 1).perSecond() > capacity()) {
                trouble = Math.max(trouble, load.get(i).fromNanos());
            }
        }
        if (trouble == 0 || trouble >= scenario.durationNanos()) {
            return Double.NaN;
        }
        for (long at = trouble; at + CALM_NANOS <= scenario.durationNanos(); at += Buckets.SLICE_NANOS) {
            long started = tally.started.within(at, at + CALM_NANOS);
            if (tally.startedAndSucceeded.within(at, at + CALM_NANOS) >= CALM_SHARE * started) {
                return at - trouble;
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
