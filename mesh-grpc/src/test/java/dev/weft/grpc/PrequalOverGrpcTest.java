package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerInterceptor;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Prequal with real servers over gRPC: asked by Health/Check, and told in the trailers of calls. */
@Timeout(120)
class PrequalOverGrpcTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** A server and what came to it, above any interceptor of ours. */
    private final class Served implements ServerInterceptor {
        final AtomicInteger handled = new AtomicInteger();
        final AtomicInteger asked = new AtomicInteger();
        final Server server;

        Served(Duration takes, boolean answersLoad) throws IOException {
            Mesh own = Mesh.builder().drain(Duration.ZERO).start();
            open.add(own);
            NettyServerBuilder builder = NettyServerBuilder.forAddress(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(ServerServiceDefinition.builder("inventory.Inventory")
                            .addMethod(InventoryServer.STOCK, ServerCalls.asyncUnaryCall((request, answer) -> {
                                handled.incrementAndGet();
                                LockSupport.parkNanos(takes.toNanos());
                                answer.onNext("stock of " + request);
                                answer.onCompleted();
                            }))
                            .build())
                    .addService(new HealthStatusManager().getHealthService());
            if (answersLoad) {
                builder.intercept(MeshServerInterceptor.of(own));
            }
            server = builder.intercept(this).build().start();
            open.add(server::shutdownNow);
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if ("grpc.health.v1.Health/Check".equals(call.getMethodDescriptor().getFullMethodName())) {
                asked.incrementAndGet();
            }
            return next.startCall(call, headers);
        }

        String address() {
            return "127.0.0.1:" + server.getPort();
        }
    }

    private int call(Served... servers) {
        String[] addresses = new String[servers.length];
        for (int i = 0; i < servers.length; i++) {
            addresses[i] = servers[i].address();
        }
        Mesh mesh = Mesh.builder()
                .drain(Duration.ZERO)
                .set("balancer.kind", "prequal")
                .set("hedge.maxExtraLoad", "off")
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .start();
        open.add(mesh);
        Channel channel = MeshGrpc.create(mesh).channel("inventory");
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        int made = 0;
        while (System.nanoTime() - end < 0) {
            ClientCalls.blockingUnaryCall(channel, InventoryServer.STOCK, CallOptions.DEFAULT, "bolts");
            made++;
        }
        return made;
    }

    @Test
    void aSlowServerIsAskedBesideTheCallsAndGetsFewOfThem() throws IOException {
        Served slow = new Served(Duration.ofMillis(150), true);
        int made = call(new Served(Duration.ofMillis(1), true), slow, new Served(Duration.ofMillis(1), true));
        assertThat(slow.handled.get()).as("of %d", made).isLessThanOrEqualTo(Math.max(4, made / 20));
        assertThat(slow.asked.get()).isBetween(1, 20);
    }

    @Test
    void aServerThatDoesNotKnowTheQuestionIsAskedOnceAndUsedAllTheSame() throws IOException {
        Served slow = new Served(Duration.ofMillis(150), false);
        Served other = new Served(Duration.ofMillis(1), false);
        int made = call(new Served(Duration.ofMillis(1), false), slow, other);
        assertThat(slow.asked).hasValue(1);
        assertThat(other.asked).hasValue(1);
        assertThat(slow.handled.get()).as("of %d", made).isLessThanOrEqualTo(Math.max(4, made / 20));
    }
}
