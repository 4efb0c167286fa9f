package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.testkit.ScriptedResolver;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service of very many endpoints: one server, asked at many loopback addresses. */
@Timeout(120)
class ManyEndpointsTest {
    private static final int ENDPOINTS = 300;
    /** Event loops, calls' threads, timers: as many for one endpoint as for all. */
    private static final int SOME_THREADS = 30;

    private final ScriptedResolver resolver = new ScriptedResolver();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger ever = new AtomicInteger();
    private Server server;
    private @Nullable Mesh mesh;

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("0.0.0.0", 0), InsecureServerCredentials.create())
                .directExecutor()
                .addService(ServerServiceDefinition.builder("inventory.Inventory")
                        .addMethod(Replica.GET, ServerCalls.asyncUnaryCall((asked, caller) -> {
                            caller.onNext(asked);
                            caller.onCompleted();
                        }))
                        .build())
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        open.incrementAndGet();
                        ever.incrementAndGet();
                        return attributes;
                    }

                    @Override
                    public void transportTerminated(Attributes attributes) {
                        open.decrementAndGet();
                    }
                })
                .build()
                .start();
        serve(ENDPOINTS);
    }

    @AfterEach
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
        server.shutdownNow();
    }

    private void serve(int endpoints) {
        resolver.serve(
                "inventory",
                IntStream.range(0, endpoints)
                        .mapToObj(i -> "127.0." + (1 + i / 250) + '.' + (1 + i % 250) + ':' + server.getPort())
                        .toArray(String[]::new));
    }

    private Channel channel(String setting, String value) {
        return channel(setting, value, builder -> {});
    }

    private Channel channel(String setting, String value, Consumer<ManagedChannelBuilder<?>> more) {
        Mesh started = Mesh.builder()
                .drain(Duration.ZERO)
                .set("deadline.total", "60s")
                // A late attempt's second leg would open a connection that nobody counts on.
                .set("hedge.maxExtraLoad", "off")
                .set(setting, value)
                .resolver(resolver)
                .start();
        mesh = started;
        return MeshGrpc.create(started, more).channel("inventory");
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static void call(Channel channel, int times) {
        for (int i = 0; i < times; i++) {
            ClientCalls.blockingUnaryCall(channel, Replica.GET, CallOptions.DEFAULT, "bolts");
        }
    }

    @Test
    void eachHasOneConnectionThatStaysAndNoThreadOfItsOwn() {
        Channel channel = channel("balancer.kind", "roundRobin");
        int before = threads();

        call(channel, 3 * ENDPOINTS);

        assertThat(open).hasValue(ENDPOINTS);
        assertThat(ever).hasValue(ENDPOINTS);
        assertThat(threads() - before).isLessThan(SOME_THREADS);
    }

    @Test
    void thoseThatLeaveHaveTheirConnectionsClosed() {
        Channel channel = channel("balancer.kind", "roundRobin");
        call(channel, ENDPOINTS);

        serve(10);

        await().atMost(Duration.ofSeconds(30)).until(() -> open.get() == 10);
        call(channel, 20);
        assertThat(ever).as("those that stayed kept theirs").hasValue(ENDPOINTS);
    }

    @Test
    void aSubsetBoundsHowManyThereAre() {
        Channel channel = channel("balancer.subset.size", "20");

        call(channel, 3 * ENDPOINTS);

        assertThat(ever.get()).isBetween(1, 20);
    }

    @Test
    void whatIsIdleIsClosedWhereTheApplicationSaysSoAndOpenedAnew() {
        Channel channel = channel("balancer.kind", "roundRobin", builder -> builder.idleTimeout(1, TimeUnit.SECONDS));
        call(channel, 30);

        await().atMost(Duration.ofSeconds(30)).until(() -> open.get() == 0);

        call(channel, ENDPOINTS);
        assertThat(ever).hasValue(ENDPOINTS + 30);
    }
}
