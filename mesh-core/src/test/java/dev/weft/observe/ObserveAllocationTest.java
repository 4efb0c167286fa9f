package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Service;
import dev.weft.testkit.Allocation;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.StillWire;
import io.opentelemetry.api.OpenTelemetry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObserveAllocationTest {
    private static final int CALLS = 10_000;

    private final Watched watched = new Watched(OpenTelemetry.noop()).logSuccesses(0.0);
    private final StillWire wire = new StillWire();

    @AfterEach
    void close() {
        watched.close();
    }

    @Test
    void metricsAndLogAllocateNothingForACallThatGoesWell() {
        Service<String> attempts = watched.attempts(wire);
        Service<String> seen = watched.calls(wire, call -> attempts.call(watched.attempt(call)));
        Service<String> bare = call -> wire.call(watched.attempt(call));
        long without = bytes(bare);
        assertThat(without).isPositive();
        assertThat(bytes(seen) - without).as("bytes in %d calls", CALLS).isLessThan(CALLS);
        assertThat(watched.registry.get("weft.client.calls").functionTimer().count())
                .isEqualTo(5 * CALLS);
    }

    /** Of so many calls. */
    private long bytes(Service<String> service) {
        return Math.round(CALLS
                * Allocation.bytesEach(CALLS, () -> {
                    Call call = watched.call(AnyPace.BLOCKING);
                    if (service.call(call) instanceof Outcome<String> outcome) {
                        call.finish(outcome);
                    }
                }));
    }
}
