package dev.weft.bench.faults.server;

import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import dev.weft.bench.load.Unary;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** gRPC; it says goodbye with a GOAWAY. */
final class GrpcFront implements Front {
    /**
     * Prints a stack trace for each answer that could not be written any more, of which a server that dies or leaves has
     * many. Held here, since a level is forgotten with its logger.
     */
    private static final Logger UNWRITTEN = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");

    static {
        UNWRITTEN.setLevel(Level.SEVERE);
    }

    private final InetSocketAddress address;
    private final Loop loop;
    private final ServerServiceDefinition service;
    private @Nullable Server server;

    GrpcFront(InetSocketAddress address, Replica replica, Loop loop) {
        this.address = address;
        this.loop = loop;
        this.service = ServerServiceDefinition.builder(Unary.STOCK.getServiceName())
                .addMethod(
                        Unary.STOCK,
                        ServerCalls.asyncUnaryCall((StringValue asked, StreamObserver<BytesValue> caller) ->
                                replica.arrive(new Rpc((ServerCallStreamObserver<BytesValue>) caller))))
                .build();
    }

    @Override
    public void open() throws IOException {
        server = NettyServerBuilder.forAddress(address, InsecureServerCredentials.create())
                .bossEventLoopGroup(loop.group())
                .workerEventLoopGroup(loop.group())
                .channelType(loop.serverChannel())
                .directExecutor()
                .addService(service)
                .build()
                .start();
    }

    @Override
    public void die() {
        if (server != null) {
            server.shutdownNow();
        }
    }

    @Override
    public void drain() {
        if (server != null) {
            server.shutdown();
        }
    }

    private record Rpc(ServerCallStreamObserver<BytesValue> caller) implements Asked {
        @Override
        public void answer(int status) {
            if (caller.isCancelled()) {
                return;
            }
            if (status < 400) {
                caller.onNext(Unary.ANSWER);
                caller.onCompleted();
            } else {
                caller.onError((status == 503 ? Status.UNAVAILABLE : Status.INTERNAL).asRuntimeException());
            }
        }

        @Override
        public boolean wanted() {
            return !caller.isCancelled();
        }
    }
}
