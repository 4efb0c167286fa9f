package dev.weft.guard;

import dev.weft.endpoint.Tally;
import java.util.Locale;

/**
 * Whether a node fails more than others did at the same time: a stratified two-sample test, as the log-rank test is one. In
 * each slice of time the failures of all would fall on the node by its share of the attempts. Of those sums the node's own
 * has a bound by chance that Hoeffding gives (1963, theorems 1 and 4), whatever the share that fails, however few
 * attempts or nodes there are, and however both change. Recent attempts alone are looked at first, then those of
 * minutes, which is for few calls. For one thread, once.
 */
final class Comparison {
    /** Fewer attempts, or failures, say nothing. */
    private static final int MIN_ATTEMPTS = 20;

    private static final int MIN_FAILURES = 5;
    /** Where all are nearly alike, a hair's breadth is no reason. */
    static final double LEAST_DISTANCE = 0.05;

    private final Tally.Course own = new Tally.Course();
    private final Tally.Course others = new Tally.Course();
    private final long nowNanos;

    // Of slices in which both were called, from the newest on.

    private long attempts;
    private long failed;
    private long failedOfAll;
    /** How many would have failed there by the share of the others, and by that of all. */
    private double byOthers;

    private double byAll;

    Comparison(Tally node, long nowNanos) {
        this.nowNanos = nowNanos;
        node.addTo(own, nowNanos);
    }

    /** Whether it may stand out, whatever the others do. */
    boolean worthIt() {
        return stands(Tally.Course.RECENT) || stands(Tally.Course.LENGTH);
    }

    private boolean stands(int slices) {
        long all = 0;
        long bad = 0;
        for (int i = 0; i < slices; i++) {
            all += own.all(i);
            bad += own.failed(i);
        }
        return enough(all, bad) && (double) bad >= LEAST_DISTANCE * (double) all;
    }

    private static boolean enough(long all, long bad) {
        return all >= MIN_ATTEMPTS && bad >= MIN_FAILURES;
    }

    /** Another one, that is in use too. */
    void with(Tally other) {
        other.addTo(others, nowNanos);
    }

    /** Whether it fails more than by chance, of which there is less than that. */
    boolean beyond(double chance) {
        for (int i = 0; i < Tally.Course.LENGTH; i++) {
            if (own.all(i) > 0 && others.all(i) > 0) {
                count(own.all(i), own.failed(i), others.all(i), others.failed(i));
            }
            if ((i == Tally.Course.RECENT - 1 || i == Tally.Course.LENGTH - 1) && clear(chance)) {
                return true;
            }
        }
        return false;
    }

    private void count(long all, long bad, long allOfOthers, long badOfOthers) {
        attempts += all;
        failed += bad;
        failedOfAll += bad + badOfOthers;
        byOthers += (double) (all * badOfOthers) / (double) allOfOthers;
        byAll += (double) (all * (bad + badOfOthers)) / (double) (all + allOfOthers);
    }

    private boolean clear(double chance) {
        if (!enough(attempts, failed) || (double) failed - byOthers < LEAST_DISTANCE * (double) attempts) {
            return false;
        }
        // Of its attempts so many failed; or, of what failed so much was there: the nearer bound counts.
        double evidence = Math.max(evidence((double) attempts), evidence((double) failedOfAll));
        return evidence > -Math.log(chance);
    }

    /** Of so many draws that many hit where {@link #byAll} are due: the logarithm of how unlikely that is at least. */
    private double evidence(double draws) {
        double bad = (double) failed;
        return part(bad, byAll) + part(draws - bad, draws - byAll);
    }

    private static double part(double seen, double due) {
        return seen <= 0 ? 0 : seen * Math.log(seen / due);
    }

    /** The share of its attempts that failed. */
    double failing() {
        return (double) failed / (double) attempts;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d of %d attempts failed, of the others' at the same time %.1f %%",
                failed,
                attempts,
                100 * byOthers / (double) attempts);
    }
}
