package dev.weft.balance;

import dev.weft.endpoint.Node;

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
        if (windowNanos == 0) {
            return 1;
        }
        long age = nowNanos - node.bornNanos();
        return age >= windowNanos ? 1 : Math.max(MIN, (double) age / windowNanos);
    }
}
