package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The core's hedging, over real gRPC. */
@Timeout(120)
class HedgeOverGrpcTest {
    private static final MethodDescriptor<String, String> LOOK =
            GET.toBuilder().setSafe(true).build();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AtomicBoolean late = new AtomicBoolean();
    private final AtomicInteger cancelled = new AtomicInteger();

    /** Whoever is asked first while it is to be late never answers. */
    private ServerCall.Listener<String> serve(ServerCall<String, String> call, Metadata headers) {
        if (!late.compareAndSet(true, false)) {
            return echo(call);
        }
        return new ServerCall.Listener<>() {
            @Override
            public void onCancel() {
                cancelled.incrementAndGet();
            }
        };
    }

    private static String get(Channel channel) {
        return ClientCalls.blockingUnaryCall(channel, LOOK, CallOptions.DEFAULT, "bolts");
    }

    @Test
    void theSecondLegAnswersAndTheFirstIsCutOff() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Replica one = new Replica(this::serve);
                Replica two = new Replica(this::serve);
                Mesh mesh = Mesh.builder()
                        .resolver(StaticResolver.empty().with("inventory", one.address(), two.address()))
                        .metrics(registry)
                        .set("hedge.maxExtraLoad", "10%")
                        .set("deadline.total", "5m")
                        .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            // What is late is known after some three seconds of traffic.
            await().atMost(PATIENCE).until(() -> {
                for (int i = 0; i < 50; i++) {
                    assertThat(get(channel)).isEqualTo("echo of bolts");
                }
                return registry.get("weft.client.hedge.delay").gauge().value() > 0;
            });

            late.set(true);
            assertThat(get(channel)).isEqualTo("echo of bolts");

            await().atMost(PATIENCE).until(() -> cancelled.get() == 1);
            assertThat(registry.find("weft.client.calls")
                            .tag("fate", "success_by_hedge")
                            .meters())
                    .isNotEmpty();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(mesh.clusters().values())
                            .flatExtracting(Cluster::nodes)
                            .extracting(Node::inFlight)
                            .containsOnly(0));
        }
    }
}
