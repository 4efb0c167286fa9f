package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Pace;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Allocation;
import dev.weft.testkit.StillWire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the whole default stack allocates per call that goes well, metrics included; the wire allocates nothing. */
class StackAllocationTest {
    private static final int CALLS = 10_000;

    private final StillWire wire = new StillWire();
    private final Object request = new Object();
    private final Mesh mesh = Mesh.builder()
            .metrics(new SimpleMeterRegistry())
            .set("log.successes", "0")
            .resolver(StaticResolver.empty()
                    .with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"))
            .start();
    private final MeshClient<String> client = mesh.client(wire);

    @AfterEach
    void close() {
        mesh.close();
    }

    private void call(Pace pace) {
        Route<String> route = client.route("inventory", "GET", "/stock/7", LayerValues.NONE);
        Call call = route.newCall(request, pace, Context.root());
        route.send(call);
        wire.answer();
        if (call.fate() != Fate.SUCCESS) {
            throw new AssertionError(call.fate());
        }
    }

    @Test
    void aBlockingCallTakes256BytesAtMost() {
        Pace pace = Pace.blocking(mesh.time());
        assertThat(Allocation.bytesEach(CALLS, () -> call(pace))).isBetween(1.0, 256.0);
    }

    @Test
    void anAsyncCallTakesOneKilobyteAtMost() {
        Pace pace = Pace.async(mesh.time(), Runnable::run);
        assertThat(Allocation.bytesEach(CALLS, () -> call(pace))).isBetween(1.0, 1024.0);
    }
}
