package dev.weft.grpc;

import dev.weft.testkit.SoakContract;
import dev.weft.testkit.SoakContract.Mood;
import io.grpc.Attributes;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real server that is well or has one of several troubles, from one moment to the next; it remembers nothing of calls. */
final class MoodyServer implements SoakContract.Server {
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Mood mood = Mood.WELL;
    private volatile Server server;

    MoodyServer() throws IOException {
        server = started(0);
    }

    private Server started(int port) throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .addService(ServerServiceDefinition.builder("inventory.Inventory")
                        .addMethod(Replica.GET, ServerCalls.asyncUnaryCall(this::get))
                        .build())
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        connections.incrementAndGet();
                        return attributes;
                    }

                    /** @param attributes null where it was never ready */
                    @Override
                    public void transportTerminated(@Nullable Attributes attributes) {
                        connections.addAndGet(attributes == null ? 0 : -1);
                    }
                })
                .build()
                .start();
    }

    private void get(String item, StreamObserver<String> answer) {
        switch (mood) {
            case WELL -> {
                answer.onNext("fine");
                answer.onCompleted();
            }
            case FAILS -> answer.onError(Status.INTERNAL.asRuntimeException());
            case THROTTLES -> answer.onError(Status.RESOURCE_EXHAUSTED.asRuntimeException());
            case BREAKS -> answer.onError(Status.UNAVAILABLE.asRuntimeException());
            case HANGS -> {
                // Callers give up.
            }
        }
    }

    @Override
    public int port() {
        return server.getPort();
    }

    @Override
    public int connections() {
        return connections.get();
    }

    /** All that are open break off, and it is there again at once. */
    @Override
    public void mood(Mood next) {
        mood = next;
        if (next == Mood.BREAKS) {
            int port = server.getPort();
            try {
                close();
                server = started(port);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (!server.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)) {
                throw new IOException("port " + server.getPort() + " is still served");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
