package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Allocation;
import org.junit.jupiter.api.Test;

class RouteAllocationTest {
    @Test
    void findingTheRouteOfACallAllocatesNothing() {
        PolicySnapshot snapshot = Samples.snapshot(Samples.POLICY);
        int[] found = {0};
        double bytes = Allocation.bytesEach(10_000, () -> {
            found[0] += snapshot.service("inventory").routeOf("POST", "/items/17/bookings");
            found[0] += snapshot.service("pricing").routeOf("GET", "/prices/17");
            found[0] += snapshot.service("unheardOf").routeOf("GET", "/");
        });
        assertThat(found[0]).isEqualTo(-50_000);
        assertThat(bytes).isLessThan(0.1);
    }
}
