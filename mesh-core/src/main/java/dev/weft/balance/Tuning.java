package dev.weft.balance;

import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What balancers are made with; each takes what it needs.
 *
 * @param decayNanos the time constant with which past latency is forgotten
 * @param boundedLoad how many times the mean a node may have under way before its keys go elsewhere; 0 without a bound
 * @param underWay all attempts under way; null without a bound
 * @param reportedWeights what to make of servers' load reports
 * @param asker how nodes are asked how busy they are
 */
record Tuning(
        long decayNanos,
        SlowStart slowStart,
        RandomGenerator random,
        double boundedLoad,
        @Nullable LongAdder underWay,
        ReportedWeights reportedWeights,
        Sounding.Asker asker) {
    Tuning(
            long decayNanos,
            SlowStart slowStart,
            RandomGenerator random,
            double boundedLoad,
            @Nullable LongAdder underWay) {
        this(decayNanos, slowStart, random, boundedLoad, underWay, ReportedWeights.BUILT_IN, Sounding.Asker.NOBODY);
    }

    /** Without a bound. */
    Tuning(long decayNanos, SlowStart slowStart, RandomGenerator random) {
        this(decayNanos, slowStart, random, 0, null);
    }
}
