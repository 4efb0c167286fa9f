package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.grpc.workshop.WorkshopGrpc;
import dev.weft.observe.Propagation;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.opentelemetry.api.OpenTelemetry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the proto says of calling a method twice: nobody minds when, the end is the same, or nothing. */
class MethodKindsTest {
    private final Transport transport =
            new Transport(Time.system(), null, OwnNetty.builders(builder -> {}), OwnNetty::credentials);
    private final GrpcWire wire = new GrpcWire(transport, new AttemptHeaders(Propagation.of(OpenTelemetry.noop())));

    @AfterEach
    void stop() {
        wire.close();
    }

    private void is(MethodDescriptor<?, ?> method, boolean safe, boolean idempotent) {
        Outgoing<?> request = new Outgoing<>(method, CallOptions.DEFAULT, new Metadata(), Context.ROOT, () -> {});
        Call call = new Call(
                request,
                Policy.builtIn("workshop"),
                Pace.blocking(Time.system()),
                io.opentelemetry.context.Context.root());

        assertThat(wire.safe(call)).as("safe").isEqualTo(safe);
        assertThat(wire.hedgeable(call)).as("hedgeable").isEqualTo(safe);
        assertThat(wire.idempotent(call)).as("idempotent").isEqualTo(idempotent);
    }

    @Test
    void whatHasNoSideEffectsIsSafe() {
        is(WorkshopGrpc.getLookMethod(), true, true);
        is(WorkshopGrpc.getFollowMethod(), true, true);
    }

    @Test
    void whatIsIdempotentOnlyIsNot() {
        is(WorkshopGrpc.getLabelMethod(), false, true);
    }

    @Test
    void whatSaysNothingIsNeither() {
        is(WorkshopGrpc.getMendMethod(), false, false);
        is(WorkshopGrpc.getAdviseMethod(), false, false);
    }
}
