package dev.weft.guard;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Standing;
import dev.weft.endpoint.Standing.Strike;
import dev.weft.endpoint.Tally;
import dev.weft.policy.Policy;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What speaks against a node. Asked when an attempt went badly, never by a timer; what looks at all nodes does so once a
 * second at most. Thread-safe.
 */
final class EjectionRules {
    /** Fewer attempts than this in the window say nothing of a share. */
    private static final int MIN_ATTEMPTS = 10;
    /** The same for comparing shares, which lie nearer to each other. */
    private static final int MIN_COMPARED = 20;
    /** With fewer nodes to compare, one cannot stand out. */
    private static final int MIN_NODES = 5;

    private static final int MIN_FAILURES = 5;
    private static final double DEVIATIONS = 1.9;
    /** Where all are nearly alike, a hair's breadth is no reason. */
    private static final double LEAST_DISTANCE = 0.1;

    private static final long COMPARE_NANOS = 1_000_000_000;
    /** How long what all nodes' attempts came to is taken to be so. */
    private static final long USUAL_NANOS = 100_000_000;

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

    EjectionRules(Policy policy, Cluster cluster, long nowNanos) {
        this.cluster = cluster;
        this.refused = policy.get(EjectionLayer.REFUSED);
        this.consecutive = policy.get(EjectionLayer.CONSECUTIVE);
        this.fewest = (consecutive + 1) / 2;
        this.percentage = policy.get(EjectionLayer.PERCENTAGE);
        this.successRate = policy.get(EjectionLayer.SUCCESS_RATE);
        this.compareNanos = new AtomicLong(nowNanos);
        this.usual = usual(nowNanos);
    }

    /**
     * A rule that has found against a node.
     *
     * @param certain whether it needs no comparison with others
     */
    record Finding(String rule, String why, boolean certain) {}

    /** A connection to it could not be made. */
    @Nullable
    Finding refused(Node node) {
        int refusals = node.standing().strike(Strike.REFUSED);
        return refusals < refused
                ? null
                : new Finding("refused", refusals + " connections in a row could not be made", true);
    }

    /** An attempt at it has failed. */
    @Nullable
    Finding failed(Node node, long nowNanos) {
        int failures = node.standing().strike(Strike.FAILED);
        if (failures >= consecutive || (failures >= fewest && beyondChance(node, failures, nowNanos))) {
            return new Finding("consecutive", failures + " failures in a row", false);
        }
        Tally.Counts counts = node.standing().tally().counts(nowNanos);
        if (counts.all() < MIN_ATTEMPTS) {
            return null;
        }
        if (percentage > 0 && counts.failing() >= percentage) {
            return new Finding("failurePercentage", of(counts) + " failed", false);
        }
        boolean enough = counts.failed() >= MIN_FAILURES && counts.all() >= MIN_COMPARED;
        return successRate && enough ? compared(counts, nowNanos) : null;
    }

    /** An attempt at it was given up for one that answered first. */
    @Nullable
    Finding overtaken(Node node, long nowNanos) {
        Standing standing = node.standing();
        int late = standing.strikes(Strike.SILENT);
        return late >= consecutive
                        && standing.silentFor(nowNanos) >= SILENCE_NANOS
                        && cluster.ejections().fewLate(nowNanos)
                ? new Finding("late", late + " attempts were late with no answer between", false)
                : null;
    }

    /** Whether a node that fails as often as the others do would come to such a row less than once in a million attempts. */
    private boolean beyondChance(Node node, int failures, long nowNanos) {
        Usual all = usual;
        if (nowNanos - all.atNanos >= USUAL_NANOS) {
            all = usual(nowNanos);
            usual = all;
        }
        Tally.Counts own = node.standing().tally().counts(nowNanos);
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

    private @Nullable Finding compared(Tally.Counts counts, long nowNanos) {
        long due = compareNanos.get();
        if (nowNanos - due < 0 || !compareNanos.compareAndSet(due, nowNanos + COMPARE_NANOS)) {
            return null;
        }
        List<Tally.Counts> all = cluster.nodes().stream()
                .map(Node::standing)
                .filter(standing -> !standing.ejected())
                .map(standing -> standing.tally().counts(nowNanos))
                .filter(each -> each.all() >= MIN_COMPARED)
                .toList();
        if (all.size() < MIN_NODES) {
            return null;
        }
        double mean = all.stream().mapToDouble(Tally.Counts::failing).sum() / all.size();
        double variance = all.stream()
                        .mapToDouble(each -> (each.failing() - mean) * (each.failing() - mean))
                        .sum()
                / all.size();
        double most = mean + Math.max(LEAST_DISTANCE, DEVIATIONS * Math.sqrt(variance));
        return counts.failing() <= most
                ? null
                : new Finding(
                        "successRate",
                        String.format(Locale.ROOT, "%s failed, of all nodes' %.1f %%", of(counts), mean * 100),
                        false);
    }

    private static String of(Tally.Counts counts) {
        return String.format(Locale.ROOT, "%d of %d attempts in 30 s", counts.failed(), counts.all());
    }
}
