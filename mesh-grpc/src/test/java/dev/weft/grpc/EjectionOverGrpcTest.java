package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static dev.weft.grpc.Replica.end;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that answers with its own failures, as gRFC A50 has it: left out, and back when it answers well. */
@Timeout(60)
class EjectionOverGrpcTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static void get(Channel channel) {
        try {
            ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts");
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getDescription()).isEqualTo("sick");
        }
    }

    private static List<Node> ejected(Mesh mesh) {
        return mesh.clusters().values().stream()
                .map(Cluster::nodes)
                .flatMap(List::stream)
                .filter(node -> node.standing().ejected())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "INTERNAL"})
    void whoAnswersWithItsOwnFailuresIsLeftOutAndComesBack(Status.Code code) {
        AtomicBoolean sick = new AtomicBoolean(true);
        try (Replica ill = new Replica((call, headers) ->
                        sick.get() ? end(call, code.toStatus().withDescription("sick"), new Metadata()) : echo(call));
                Replica well = new Replica((call, headers) -> echo(call));
                Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("balancer.kind", "roundRobin")
                        .resolver(StaticResolver.empty().with("inventory", ill.address(), well.address()))
                        .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");

            await().atMost(PATIENCE).until(() -> {
                get(channel);
                return !ejected(mesh).isEmpty();
            });
            assertThat(ejected(mesh))
                    .singleElement()
                    .satisfies(node -> assertThat(node.toString()).contains(ill.address()));

            sick.set(false);
            await().atMost(PATIENCE).until(() -> {
                get(channel);
                return ejected(mesh).isEmpty();
            });
            int before = ill.asked();
            await().atMost(PATIENCE).until(() -> {
                get(channel);
                return ill.asked() > before + 3;
            });
        }
    }
}
