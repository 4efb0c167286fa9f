package dev.weft.quickstart.stage;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;

/**
 * What the callers of a service saw up to a moment, or between two.
 *
 * @param byReplica good answers by who gave them
 * @param failures calls that failed, by reason
 * @param micros how long calls took, good and bad
 */
public record Seen(Map<String, Long> byReplica, Map<String, Long> failures, AbstractHistogram micros) {
    /** What came after {@code earlier}. */
    public Seen since(Seen earlier) {
        Histogram later = new Histogram(Tally.LONGEST_MICROS, Tally.DIGITS);
        later.add(micros);
        later.subtract(earlier.micros);
        return new Seen(minus(byReplica, earlier.byReplica), minus(failures, earlier.failures), later);
    }

    private static Map<String, Long> minus(Map<String, Long> all, Map<String, Long> first) {
        Map<String, Long> rest = new HashMap<>(all);
        first.forEach((key, count) -> rest.merge(key, -count, Long::sum));
        rest.values().removeIf(count -> count == 0);
        return rest;
    }

    public long answered() {
        return sum(byReplica);
    }

    public long failed() {
        return sum(failures);
    }

    public long calls() {
        return answered() + failed();
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(count -> count).sum();
    }

    /** The part of good answers that {@code replica} gave, 0 to 1. */
    public double share(String replica) {
        long all = answered();
        return all == 0 ? 0 : (double) byReplica.getOrDefault(replica, 0L) / all;
    }

    /** The time that {@code percent} of the calls took at most. */
    public Duration percentile(double percent) {
        return Duration.of(micros.getValueAtPercentile(percent), TimeUnit.MICROSECONDS.toChronoUnit());
    }
}
