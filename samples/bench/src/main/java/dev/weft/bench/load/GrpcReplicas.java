package dev.weft.bench.load;

import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.StringJoiner;

/** As {@link Replicas}, over gRPC: each answers on the thread that read the request. */
public final class GrpcReplicas {
    private GrpcReplicas() {}

    /**
     * Prints its ports, and serves until standard input ends.
     *
     * @param args {@code everywhere} for one port at all addresses of this machine
     */
    public static void main(String[] args) throws IOException {
        if (args.length > 0) {
            System.out.println(serve(new InetSocketAddress("0.0.0.0", 0)));
        } else {
            System.out.println(several());
        }
        Child.untilTold();
    }

    private static StringJoiner several() throws IOException {
        StringJoiner ports = new StringJoiner(" ");
        for (int i = 0; i < Replicas.PORTS; i++) {
            ports.add(Integer.toString(serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))));
        }
        return ports;
    }

    /** The port of a server at that address. */
    static int serve(InetSocketAddress address) throws IOException {
        Server server = NettyServerBuilder.forAddress(address, InsecureServerCredentials.create())
                .directExecutor()
                .addService(ServerServiceDefinition.builder("inventory.Inventory")
                        .addMethod(Unary.STOCK, ServerCalls.asyncUnaryCall(GrpcReplicas::stock))
                        .build())
                .build()
                .start();
        return server.getPort();
    }

    private static void stock(StringValue asked, StreamObserver<BytesValue> caller) {
        caller.onNext(Unary.ANSWER);
        caller.onCompleted();
    }
}
