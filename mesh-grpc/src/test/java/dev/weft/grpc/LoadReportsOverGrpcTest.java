package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Reported;
import dev.weft.endpoint.StaticResolver;
import dev.weft.testkit.FakeTime;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.services.CallMetricRecorder;
import io.grpc.stub.ClientCalls;
import io.grpc.xds.orca.OrcaMetricReportingServerInterceptor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers report their load with gRPC's own interceptor. */
@Timeout(120)
class LoadReportsOverGrpcTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final FakeTime time = new FakeTime();
    private final Replica busy = reporting(0.9);
    private final Replica idle = reporting(0.3);
    private @Nullable Mesh mesh;

    @AfterEach
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
        busy.close();
        idle.close();
    }

    private static Replica reporting(double utilization) {
        return new Replica(OrcaMetricReportingServerInterceptor.getInstance(), (call, headers) -> {
            CallMetricRecorder.getCurrent()
                    .recordApplicationUtilizationMetric(utilization)
                    .recordCpuUtilizationMetric(0.5)
                    .recordMemoryUtilizationMetric(0.7)
                    .recordQpsMetric(90)
                    .recordEpsMetric(1.5)
                    .recordUtilizationMetric("queue", 0.25)
                    .recordNamedMetric("depth", 7)
                    .recordRequestCostMetric("bytes", 4096);
            return Replica.echo(call);
        });
    }

    private Channel channel(String kind) {
        Mesh started = Mesh.builder()
                .time(time)
                .drain(Duration.ZERO)
                .set("deadline.total", "off")
                .set("balancer.kind", kind)
                .set("balancer.load.errorPenalty", "0")
                .resolver(StaticResolver.empty().with("inventory", busy.address(), idle.address()))
                .start();
        mesh = started;
        return MeshGrpc.create(started).channel("inventory");
    }

    private List<Node> nodes() {
        return Objects.requireNonNull(Objects.requireNonNull(mesh).clusters().get("inventory"))
                .nodes();
    }

    private static void call(Channel channel) {
        ClientCalls.blockingUnaryCall(channel, Replica.GET, CallOptions.DEFAULT, "bolts");
    }

    /** The last of its end may come after the answer. */
    private void awaitReports() {
        await().atMost(SOON)
                .until(() -> nodes().stream()
                        .map(Node::reported)
                        .allMatch(said -> said != null && said.atNanos() == time.nanos()));
    }

    @Test
    void callsGoWhereThereIsRoom() {
        Channel channel = channel("weightedRoundRobin");
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 8; i++) {
                call(channel);
            }
            awaitReports();
            time.advance(Duration.ofSeconds(10));
        }
        assertThat(Objects.requireNonNull(nodes().get(0).reported()).report())
                .isEqualTo(new LoadReport(
                        0.9, 0.5, 90, 1.5, Map.of("utilization.queue", 0.25, "named_metrics.depth", 7.0)));
        int before = idle.asked();
        for (int i = 0; i < 200; i++) {
            call(channel);
        }
        assertThat((idle.asked() - before) / 200.0).isCloseTo(0.75, within(0.01));
    }

    @Test
    void theTrailersOfAStreamAreReadToo() {
        Channel channel = channel("weightedRoundRobin");
        for (int i = 0; i < 2; i++) {
            assertThat(ClientCalls.blockingServerStreamingCall(channel, Replica.LIST, CallOptions.DEFAULT, "bolts"))
                    .toIterable()
                    .hasSize(1);
        }
        awaitReports();
    }

    @Test
    void reportsThatNobodyGoesByAreNotRead() {
        Channel channel = channel("roundRobin");
        call(channel);
        call(channel);
        await().atMost(SOON).until(() -> nodes().stream().allMatch(node -> node.inFlight() == 0));
        assertThat(nodes()).extracting(Node::reported).containsOnlyNulls();
    }

    @Test
    void inAHundredMillisecondsOneReportIsReadOfANode() {
        Channel channel = channel("weightedRoundRobin");
        for (int i = 0; i < 4; i++) {
            call(channel);
        }
        awaitReports();
        Reported first = nodes().get(0).reported();
        time.advance(Duration.ofMillis(99));
        call(channel);
        call(channel);
        await().atMost(SOON).until(() -> nodes().stream().allMatch(node -> node.inFlight() == 0));
        assertThat(nodes().get(0).reported()).isSameAs(first);
        time.advance(Duration.ofMillis(1));
        call(channel);
        call(channel);
        awaitReports();
    }
}
