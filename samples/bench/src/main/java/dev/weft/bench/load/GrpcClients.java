package dev.weft.bench.load;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.MeshGrpc;
import io.grpc.Channel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** The kinds of gRPC client that are compared. Those that wait are compared with those that wait. */
enum GrpcClients implements Kind {
    /** gRPC as it comes: one channel, turn by turn over the endpoints. */
    PLAIN_GRPC("plain channel, round_robin") {
        @Override
        public Client make(List<String> addresses) {
            return new Unary(plain(addresses).build(), 0, true);
        }
    },
    /** Every call of Weft's has a deadline. */
    PLAIN_GRPC_DEADLINE("plain channel, with a deadline") {
        @Override
        public Client make(List<String> addresses) {
            return new Unary(plain(addresses).build(), TimeUnit.SECONDS.toNanos(10), true);
        }
    },
    WEFT_GRPC("Weft") {
        @Override
        public Client make(List<String> addresses) {
            return new Unary(mesh(addresses, builder -> builder), 0, true);
        }
    },
    PLAIN_GRPC_ASYNC("plain channel, async") {
        @Override
        public Client make(List<String> addresses) {
            return new Unary(plain(addresses).build(), 0, false);
        }
    },
    /** As lean as it can be set: no retries, and answers on the thread that reads them, where nothing may block. */
    PLAIN_GRPC_LEAN("plain channel, async, no retries, direct executor") {
        @Override
        public Client make(List<String> addresses) {
            return new Unary(plain(addresses).disableRetry().directExecutor().build(), 0, false);
        }
    },
    WEFT_GRPC_ASYNC("Weft, async") {
        @Override
        public Client make(List<String> addresses) {
            return new Unary(mesh(addresses, builder -> builder), 0, false);
        }
    },
    /** Of very many endpoints some only. */
    WEFT_GRPC_SUBSET("Weft, balancer.subset.size 20") {
        @Override
        public Client make(List<String> addresses) {
            return new Unary(mesh(addresses, builder -> builder.set("balancer.subset.size", "20")), 0, true);
        }
    };

    /** Those whose calls are compared. */
    static final List<GrpcClients> CALLING =
            List.of(PLAIN_GRPC, PLAIN_GRPC_DEADLINE, WEFT_GRPC, PLAIN_GRPC_ASYNC, PLAIN_GRPC_LEAN, WEFT_GRPC_ASYNC);

    private final String title;

    GrpcClients(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Kind base() {
        return switch (this) {
            case PLAIN_GRPC, PLAIN_GRPC_DEADLINE, WEFT_GRPC, WEFT_GRPC_SUBSET -> PLAIN_GRPC;
            case PLAIN_GRPC_ASYNC, PLAIN_GRPC_LEAN, WEFT_GRPC_ASYNC -> PLAIN_GRPC_ASYNC;
        };
    }

    private static NettyChannelBuilder plain(List<String> addresses) {
        return NettyChannelBuilder.forTarget(ListedAddresses.target(addresses))
                .usePlaintext()
                .defaultLoadBalancingPolicy("round_robin");
    }

    /** The whole default stack with metrics: nothing is set but where the endpoints are. */
    private static Channel mesh(List<String> addresses, UnaryOperator<MeshBuilder> more) {
        Mesh mesh = more.apply(Mesh.builder()
                        .resolver(StaticResolver.empty().with("inventory", addresses.toArray(String[]::new)))
                        .metrics(new SimpleMeterRegistry()))
                .start();
        return MeshGrpc.create(mesh).channel("inventory");
    }
}
