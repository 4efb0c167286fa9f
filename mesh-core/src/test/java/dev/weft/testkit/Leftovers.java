package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.endpoint.Node;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;

/** What many calls may have left behind in a mesh that is idle: nothing. */
public final class Leftovers {
    /** What counts calls, attempts, permits and who waits, in one service or another. */
    private static final List<String> COUNTS = List.of(
            "weft.client.requests",
            "weft.client.inflight",
            "weft.client.retry.active",
            "weft.client.backlog.calls",
            "weft.client.discovery.waiting");
    /** The most users that are remembered, whoever was limited. */
    private static final int MOST_KEYS = 10_000;

    private Leftovers() {}

    /**
     * @param seen nodes that calls may have gone to
     * @param timers how many are set
     */
    public static void assertNone(Mesh mesh, MeterRegistry registry, Collection<Node> seen, int timers) {
        assertThat(seen).isNotEmpty().allMatch(node -> node.inFlight() == 0);
        assertThat(mesh.clusters().values())
                .allMatch(cluster -> cluster.backlog().waiting() == 0);
        for (String name : COUNTS) {
            assertThat(registry.find(name).gauges())
                    .as(name)
                    .isNotEmpty()
                    .extracting(Gauge::value)
                    .containsOnly(0.0);
        }
        assertThat(registry.get("weft.client.rate.keys").gauge().value()).isLessThanOrEqualTo(MOST_KEYS);
        assertThat(timers).as("timers").isZero();
    }

    /** The heap in use by what can still be reached. */
    public static long usedBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
