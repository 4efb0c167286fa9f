package dev.weft.quickstart.view;

import java.time.Duration;
import java.util.List;

/**
 * How things stand at a moment.
 *
 * @param elapsed since the day began
 * @param policy which policy is in use, and whether the last one saved was refused
 */
public record Picture(Duration elapsed, List<ServiceRow> services, List<ReplicaRow> replicas, String policy) {
    /**
     * What the callers of a service saw in the last seconds.
     *
     * @param retries since the day began
     * @param budget retries that could be made now
     */
    public record ServiceRow(
            String name,
            double callsPerSecond,
            double success,
            Duration p50,
            Duration p99,
            long retries,
            long budget,
            String breaker) {}

    /**
     * A replica.
     *
     * @param share of the good answers of its service in the last seconds, 0 to 1
     * @param state what ails it; empty when it is well
     */
    public record ReplicaRow(String name, double share, String state) {}
}
