package dev.weft.guard;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Standing;
import dev.weft.endpoint.Standing.Strike;
import dev.weft.endpoint.Tally;
import dev.weft.policy.Policy;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What speaks against a node. Asked when an attempt went badly, never by a timer; what looks at all nodes does so once a
 * second at most. Thread-safe.
 */
final class EjectionRules {
    /** Fewer attempts than this in the window say nothing of a share. */
    private static final int MIN_ATTEMPTS = 10;
    /** So many say enough of a share, whatever was before them. */
    private static final int PLENTY = 200;
    /** How many failures a node that is as it was found would show before it is believed to be well. */
    private static final int SHOWN = 2;

    private static final int MOST_PROOFS = 20;

    private static final long COMPARE_NANOS = 1_000_000_000;
    /** How long what all nodes' attempts came to is taken to be so. */
    private static final long USUAL_NANOS = 100_000_000;

    private static final long WANTING_NANOS = 300_000_000_000L;

    private static final double CHANCE = 1e-6;
    /** A pause of the node, or new connections that are slow on a machine at its limit, are over by then. */
    private static final long SILENCE_NANOS = 250_000_000;

    private final Cluster cluster;
    private final int refused;
    private final int consecutive;
    /** So many failures in a row are enough where others hardly fail. */
    private final int fewest;

    private final double percentage;
    private final boolean successRate;
    private final AtomicLong compareNanos;
    private volatile Usual usual;
    private volatile long wantingUntilNanos;

    EjectionRules(Policy policy, Cluster cluster, long nowNanos) {
        this.cluster = cluster;
        this.refused = policy.get(EjectionLayer.REFUSED);
        this.consecutive = policy.get(EjectionLayer.CONSECUTIVE);
        this.fewest = (consecutive + 1) / 2;
        this.percentage = policy.get(EjectionLayer.PERCENTAGE);
        this.successRate = policy.get(EjectionLayer.SUCCESS_RATE);
        this.compareNanos = new AtomicLong(nowNanos);
        this.usual = usual(nowNanos);
        this.wantingUntilNanos = nowNanos;
    }

    /**
     * A rule that has found against a node.
     *
     * @param certain whether it needs no comparison with others
     * @param proofs how many good answers in a row show that it is so no more
     */
    record Finding(String rule, String why, boolean certain, int proofs) {
        /** One good answer says little of a node that gives many: so many as it would give before the second bad one. */
        private static Finding byShare(String rule, String why, double failing) {
            double before = Math.ceil(SHOWN * (1 - failing) / failing);
            return new Finding(rule, why, false, (int) Math.max(1, Math.min(MOST_PROOFS, before)));
        }
    }

    /** A connection to it could not be made. */
    @Nullable
    Finding refused(Node node) {
        int refusals = node.standing().strike(Strike.REFUSED);
        return refusals < refused
                ? null
                : new Finding("refused", refusals + " connections in a row could not be made", true, 1);
    }

    /** An attempt at it has failed. */
    @Nullable
    Finding failed(Node node, long nowNanos) {
        int failures = node.standing().strike(Strike.FAILED);
        Tally.Counts counts = node.standing().tally().counts(nowNanos);
        if (failures >= consecutive || (failures >= fewest && beyondChance(counts, failures, nowNanos))) {
            // Who was back for moments only has answered since as it mostly does.
            String why = failures + " failures in a row";
            return node.standing().times(nowNanos) > 0
                    ? Finding.byShare("consecutive", why, counts.failing())
                    : new Finding("consecutive", why, false, 1);
        }
        if (percentage > 0 && counts.all() >= MIN_ATTEMPTS && counts.failing() >= percentage) {
            return Finding.byShare(
                    "failurePercentage",
                    counts.failed() + " of " + counts.all() + " attempts in 30 s failed",
                    counts.failing());
        }
        // Of many attempts few failed: nothing to compare, as nearly always.
        boolean well = counts.all() >= PLENTY && counts.failing() < Comparison.LEAST_DISTANCE;
        return successRate && !well ? compared(node, nowNanos) : null;
    }

    /**
     * Whether calls are refused here for want of servers, or were a while ago, perhaps since one was left out: one that fails
     * now and then is better than none.
     */
    boolean wanting(long nowNanos) {
        if (cluster.backlog().limiting(nowNanos)) {
            wantingUntilNanos = nowNanos + WANTING_NANOS;
        }
        return wantingUntilNanos - nowNanos > 0;
    }

    /** An attempt at it was given up for one that answered first. */
    @Nullable
    Finding overtaken(Node node, long nowNanos) {
        Standing standing = node.standing();
        int late = standing.strikes(Strike.SILENT);
        return late >= consecutive
                        && standing.silentFor(nowNanos) >= SILENCE_NANOS
                        && cluster.ejections().fewLate(nowNanos)
                ? new Finding("late", late + " attempts were late with no answer between", false, 1)
                : null;
    }

    /** Whether a node that fails as often as the others do would come to such a row less than once in a million attempts. */
    private boolean beyondChance(Tally.Counts own, int failures, long nowNanos) {
        Usual all = usual;
        if (nowNanos - all.atNanos >= USUAL_NANOS) {
            all = usual(nowNanos);
            usual = all;
        }
        long others = Math.max(0, all.attempts - own.all());
        long failed = Math.max(0, all.failed - own.failed());
        // Laplace's rule: of few attempts none failed, which does not say that none does.
        return Math.pow((failed + 1.0) / (others + 2.0), failures) < CHANCE;
    }

    private Usual usual(long nowNanos) {
        long attempts = 0;
        long failed = 0;
        for (Node node : cluster.nodes()) {
            Tally.Counts counts = node.standing().tally().counts(nowNanos);
            attempts += counts.all();
            failed += counts.failed();
        }
        return new Usual(attempts, failed, nowNanos);
    }

    /** What all nodes' attempts came to. */
    private record Usual(long attempts, long failed, long atNanos) {}

    private @Nullable Finding compared(Node node, long nowNanos) {
        long due = compareNanos.get();
        if (nowNanos - due < 0 || wanting(nowNanos)) {
            return null;
        }
        Comparison comparison = new Comparison(node.standing().tally(), nowNanos);
        if (!comparison.worthIt() || !compareNanos.compareAndSet(due, nowNanos + COMPARE_NANOS)) {
            return null;
        }
        for (Node other : cluster.nodes()) {
            if (other != node && !other.standing().ejected()) {
                comparison.with(other.standing().tally());
            }
        }
        return comparison.beyond(CHANCE)
                ? Finding.byShare("successRate", comparison.toString(), comparison.failing())
                : null;
    }
}
