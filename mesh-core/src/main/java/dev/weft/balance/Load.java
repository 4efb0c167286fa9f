package dev.weft.balance;

import dev.weft.endpoint.Node;

/** How long a call would wait at a node, as a number to compare; smaller is better. */
@FunctionalInterface
interface Load {
    /** @param perShare 1 over the node's share of traffic, where 1 is the mean of all shares */
    double of(Node node, double perShare, long nowNanos);

    /** More than may be under way. */
    double LAST = 1e9;

    /** Attempts under way for its share, and this one. Who failed a moment ago comes last: failing fast draws no traffic. */
    Load IN_FLIGHT = (node, perShare, now) -> (node.inFlight() * perShare + 1) * (node.faltering(now) ? LAST : 1);

    /**
     * The same times the moving average of latency (Finagle's {@code PeakEwma}). A node of which nothing is known comes
     * first, but for one call at a time: a guess that is too high would keep it from ever showing better.
     */
    static Load peakEwma(long tauNanos) {
        return (node, perShare, now) -> {
            int inFlight = node.inFlight();
            double latency = inFlight == 0
                    ? node.latency().observed(now, tauNanos)
                    : node.latency().at(now, tauNanos);
            return latency * (inFlight * perShare + 1);
        };
    }
}
