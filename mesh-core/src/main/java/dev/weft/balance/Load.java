package dev.weft.balance;

import dev.weft.endpoint.Node;

/** How busy a node is, as a number to compare; smaller is better. */
@FunctionalInterface
interface Load {
    double of(Node node, long nowNanos);

    /** Attempts under way, this one included. */
    Load IN_FLIGHT = (node, now) -> node.inFlight() + 1;

    /**
     * Expected wait: the moving average of latency times the attempts under way, this one included (Finagle's
     * {@code PeakEwma}).
     */
    static Load peakEwma(long tauNanos) {
        return (node, now) -> node.latency().at(now, tauNanos) * (node.inFlight() + 1);
    }
}
