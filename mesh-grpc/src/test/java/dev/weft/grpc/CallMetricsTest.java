package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static dev.weft.grpc.Replica.end;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What metrics say of RPCs. */
class CallMetricsTest {
    @Test
    void statusesAreGrpcsOwnAndNoneWhereThereWasNoAnswer() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicInteger missing = new AtomicInteger(1);
        try (Replica server = new Replica((call, headers) ->
                        missing.getAndDecrement() > 0 ? end(call, Status.NOT_FOUND, new Metadata()) : echo(call));
                Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .metrics(registry)
                        .resolver(StaticResolver.empty().with("inventory", server.address()))
                        .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            CallOptions late = CallOptions.DEFAULT.withDeadlineAfter(-1, TimeUnit.SECONDS);

            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts"))
                    .isNotNull();
            ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts");
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, GET, late, "bolts"))
                    .isNotNull();

            assertThat(registry.find("weft.client.calls")
                            .tag("protocol", "grpc")
                            .meters())
                    .extracting(meter ->
                            meter.getId().getTag("fate") + " " + meter.getId().getTag("status"))
                    .contains("success NOT_FOUND", "success OK", "failed_deadline none")
                    .doesNotContain("failed_deadline OK");
        }
    }
}
