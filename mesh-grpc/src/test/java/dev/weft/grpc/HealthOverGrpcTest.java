package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.grpc.server.MeshServerCredentials;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedResolver;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerTransportFilter;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** grpc.health.v1 against gRPC's own health service, servers without one, and none. */
@Timeout(120)
class HealthOverGrpcTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final TestCa CA = TestCa.root("example.org");

    private final HealthStatusManager health = new HealthStatusManager();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final List<AutoCloseable> closing = new ArrayList<>();
    private @Nullable Mesh mesh;
    private @Nullable Channel channel;

    @AfterEach
    void stop() throws Exception {
        if (mesh != null) {
            mesh.close();
        }
        for (AutoCloseable each : closing) {
            each.close();
        }
    }

    private Server server() throws IOException {
        return server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create());
    }

    private Server server(InetSocketAddress address, ServerCredentials credentials) throws IOException {
        Server server = NettyServerBuilder.forAddress(address, credentials)
                .addService(health.getHealthService())
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        opened.incrementAndGet();
                        open.incrementAndGet();
                        return attributes;
                    }

                    @Override
                    public void transportTerminated(Attributes attributes) {
                        open.decrementAndGet();
                    }
                })
                .build()
                .start();
        closing.add(server::shutdownNow);
        return server;
    }

    private static String address(Server server) {
        return "127.0.0.1:" + server.getPort();
    }

    private MeshBuilder client(String... addresses) {
        resolver.serve("inventory", addresses);
        return Mesh.builder()
                .drain(Duration.ZERO)
                .resolver(resolver)
                .metrics(registry)
                .set("health.check", "grpc")
                .set("health.interval", "200ms");
    }

    /** A mesh that has called the service, as which it fails or not does not matter. */
    private void start(MeshBuilder builder) {
        Mesh started = builder.start();
        mesh = started;
        channel = MeshGrpc.create(started).channel("inventory");
        call();
    }

    private void call() {
        try {
            ClientCalls.blockingUnaryCall(Objects.requireNonNull(channel), Replica.GET, CallOptions.DEFAULT, "bolts");
        } catch (StatusRuntimeException e) {
            assertThat(e).as("most of these servers know no such method").isNotNull();
        }
    }

    private Node node() {
        return Objects.requireNonNull(Objects.requireNonNull(mesh).clusters().get("inventory"))
                .nodes()
                .get(0);
    }

    private void becomes(Health wanted) {
        await().atMost(SOON).untilAsserted(() -> assertThat(node().health()).isEqualTo(wanted));
    }

    private double checks(String result) {
        return registry.get("weft.client.health.checks")
                .tag("result", result)
                .gauge()
                .value();
    }

    @Test
    void theServersWordIsHeardAtOnce() throws IOException {
        start(client(address(server())).set("health.interval", "1h").set("health.bad", "100"));
        await().atMost(SOON).until(() -> checks("good") == 1);

        health.setStatus("", ServingStatus.NOT_SERVING);
        becomes(Health.UNHEALTHY);
        assertThat(registry.get("weft.client.health.failing").gauge().value()).isEqualTo(1);
        assertThat(registry.get("weft.client.endpoints")
                        .tag("state", "unhealthy")
                        .gauge()
                        .value())
                .isEqualTo(1);

        health.setStatus("", ServingStatus.SERVING);
        becomes(Health.HEALTHY);
        assertThat(opened).as("one connection, shared with calls").hasValue(1);
    }

    @Test
    void oneServiceOfAServerCanBeAskedAboutAndIsUnhealthyWhereItIsUnknown() throws IOException {
        start(client(address(server())).set("health.service", "inventory.Inventory"));
        becomes(Health.UNHEALTHY);

        health.setStatus("inventory.Inventory", ServingStatus.SERVING);
        becomes(Health.HEALTHY);
    }

    @Test
    void aServerWithoutAHealthServiceIsHealthyAndAskedAgainOnlyOverAnotherConnection() throws Exception {
        Replica replica = new Replica((call, headers) -> Replica.echo(call));
        closing.add(replica);
        start(client(replica.address()));

        await().during(Duration.ofSeconds(1))
                .atMost(SOON)
                .failFast(() -> registry.find("weft.client.health.checks").gauge() != null && checks("good") > 1)
                .until(() -> checks("good") == 1);
        assertThat(node().health()).isEqualTo(Health.HEALTHY);
        assertThat(checks("bad")).isZero();

        InetSocketAddress address = replica.socketAddress();
        replica.drain();
        Replica next = new Replica(address, (call, headers) -> Replica.echo(call));
        closing.add(next);
        await().atMost(SOON).until(() -> checks("good") == 2);
        assertThat(node().health()).isEqualTo(Health.HEALTHY);
    }

    @Test
    void aServerThatIsGoneIsUnhealthyAndHealthyWithItsFirstWordWhenItIsBack() throws Exception {
        Server server = server();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
        start(client(address(server)));
        await().atMost(SOON).until(() -> checks("good") >= 1);

        server.shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
        becomes(Health.UNHEALTHY);

        server(address, InsecureServerCredentials.create());
        becomes(Health.HEALTHY);
    }

    @Test
    void aWatchKeepsNoServerFromShuttingDown() throws Exception {
        Server server = server();
        start(client(address(server)).set("health.interval", "1h"));
        await().atMost(SOON).until(() -> checks("good") >= 1);

        assertThat(server.shutdown().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aNodeThatLeavesIsWatchedNoLongerAndItsConnectionCloses() throws IOException {
        start(client(address(server())).set("health.interval", "1h"));
        await().atMost(SOON).until(() -> checks("good") >= 1);

        resolver.serve("inventory", "127.0.0.1:1");
        await().atMost(SOON).until(() -> open.get() == 0);
    }

    @Test
    void aPolicyThatSaysNoMoreEndsTheWatch() throws IOException {
        ScriptedPolicySource policy = new ScriptedPolicySource();
        start(client(address(server())).policy(policy));
        await().atMost(SOON).until(() -> checks("good") >= 1);
        health.setStatus("", ServingStatus.NOT_SERVING);
        becomes(Health.UNHEALTHY);

        policy.says("weft: 1\ndefaults: {health: {check: \"off\"}}\n");
        call();
        assertThat(node().health()).isEqualTo(Health.HEALTHY);
    }

    @Test
    void watchesShowTheIdentityOfNowAndHoldNoConnectionOfThePast() throws IOException {
        Keyring keyring =
                new Keyring(new FixedIdentity(CA.consulSvid("inventory").trusting(CA)), Time.system());
        keyring.start();
        ServerTls tls = new ServerTls(keyring, TlsMode.STRICT, Time.system());
        FixedIdentity identity = new FixedIdentity(CA.consulSvid("storefront").trusting(CA));
        Server server =
                server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), MeshServerCredentials.of(tls));
        start(client(address(server))
                .identity(identity)
                .set("tls.mode", "strict")
                .set("health.interval", "1s"));
        await().atMost(SOON).until(() -> checks("good") >= 1);
        assertThat(open).hasValue(1);

        identity.rotate(CA.consulSvid("storefront").trusting(CA));

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(opened).hasValue(2);
            assertThat(open).hasValue(1);
        });
        assertThat(node().health()).isEqualTo(Health.HEALTHY);
    }
}
