package dev.weft.simulator.measure;

import org.HdrHistogram.Histogram;

/** Percentiles over all requests, of which those without success took for ever. */
final class Percentiles {
    private Percentiles() {}

    /** @param all how many there were, those in the histogram of the succeeded included */
    static double micros(Histogram succeeded, long all, double quantile) {
        long rank = (long) Math.ceil(quantile * all);
        if (all == 0) {
            return Double.NaN;
        }
        if (rank > succeeded.getTotalCount()) {
            return Double.POSITIVE_INFINITY;
        }
        return succeeded.getValueAtPercentile(100.0 * rank / succeeded.getTotalCount());
    }
}
