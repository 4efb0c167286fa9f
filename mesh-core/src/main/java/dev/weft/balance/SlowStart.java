package dev.weft.balance;

import dev.weft.endpoint.Node;
import java.util.random.RandomGenerator;

/**
 * Gives a new node less than its weight at first, rising in a straight line over the window: from a tenth to the
 * whole (Envoy's slow start with aggression 1).
 */
final class SlowStart {
    private static final double MIN = 0.1;

    private final long windowNanos;

    /** A window of 0 switches it off. */
    SlowStart(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    double factor(Node node, long nowNanos) {
        long age = nowNanos - node.bornNanos();
        return age >= windowNanos ? 1 : Math.max(MIN, (double) age / windowNanos);
    }

    /** Whether a node gets a turn that its weight has given it. */
    boolean admits(Node node, RandomGenerator random, long nowNanos) {
        double factor = factor(node, nowNanos);
        return factor == 1 || (random.nextLong() >>> 32) * 0x1p-32 < factor;
    }

    /** When the youngest of them has its whole weight. */
    long overNanos(Node[] nodes) {
        long last = nodes[0].bornNanos();
        for (Node node : nodes) {
            if (node.bornNanos() - last > 0) {
                last = node.bornNanos();
            }
        }
        return last + windowNanos;
    }
}
