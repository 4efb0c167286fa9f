package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class RouteAllocationTest {
    @Test
    void findingTheRouteOfACallAllocatesNothing() {
        PolicySnapshot snapshot = Samples.snapshot(Samples.POLICY);
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int found = 0;
        long least = Long.MAX_VALUE;
        // The least of some rounds: the first ones load classes, and the measuring itself may allocate.
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                found += snapshot.service("inventory").routeOf("POST", "/items/17/bookings");
                found += snapshot.service("pricing").routeOf("GET", "/prices/17");
                found += snapshot.service("unheardOf").routeOf("GET", "/");
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(found).isEqualTo(-50_000);
        assertThat(least).isLessThan(1_000);
    }
}
