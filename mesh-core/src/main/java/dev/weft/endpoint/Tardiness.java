package dev.weft.endpoint;

import dev.weft.endpoint.Standing.Strike;
import java.util.List;
import java.util.function.Supplier;

/**
 * Whether late attempts are the fault of a few nodes, or come of load or of the work itself and so from all of them. Looks
 * at all nodes every so often, however often it is asked. Thread-safe.
 */
final class Tardiness {
    private static final long SEEN_NANOS = 10_000_000;
    /** Of the nodes at most one in so many, or one. */
    private static final int FEW = 3;

    private final Supplier<List<Node>> all;
    private volatile long seenNanos;
    private volatile boolean few = true;

    Tardiness(Supplier<List<Node>> all, long nowNanos) {
        this.all = all;
        this.seenNanos = nowNanos - SEEN_NANOS;
    }

    boolean few(long nowNanos) {
        if (nowNanos - seenNanos >= SEEN_NANOS) {
            seenNanos = nowNanos;
            List<Node> nodes = all.get();
            long late = nodes.stream()
                    .filter(node -> node.standing().strikes(Strike.LATE) > 1)
                    .count();
            few = late <= Math.max(1, nodes.size() / FEW);
        }
        return few;
    }
}
