package dev.weft.grpc;

import io.grpc.Attributes;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A server on a loopback socket that does with each call what a test says, beneath gRPC's stubs. */
final class Replica implements AutoCloseable {
    static final MethodDescriptor<String, String> GET = TextMarshaller.method(MethodType.UNARY, "Get", true);
    static final MethodDescriptor<String, String> COLLECT =
            TextMarshaller.method(MethodType.CLIENT_STREAMING, "Collect", true);
    static final MethodDescriptor<String, String> LIST =
            TextMarshaller.method(MethodType.SERVER_STREAMING, "List", true);
    static final MethodDescriptor<String, String> TALK = TextMarshaller.method(MethodType.BIDI_STREAMING, "Talk", true);

    private final Server server;
    /** The headers of each call that came here. */
    final List<Metadata> headers = new CopyOnWriteArrayList<>();

    final List<String> authorities = new CopyOnWriteArrayList<>();
    final AtomicInteger cancelled = new AtomicInteger();
    /** Connections open now. */
    final AtomicInteger connections = new AtomicInteger();

    /** Connections ever. */
    final AtomicInteger opened = new AtomicInteger();

    /** Calls open now, as the transport has it. */
    final AtomicInteger streams = new AtomicInteger();

    Replica(ServerCallHandler<String, String> handler) {
        this(anyPort(), handler);
    }

    Replica(InetSocketAddress address, ServerCallHandler<String, String> handler) {
        this(address, InsecureServerCredentials.create(), handler, builder -> {});
    }

    Replica(ServerCredentials credentials, ServerCallHandler<String, String> handler) {
        this(anyPort(), credentials, handler, builder -> {});
    }

    Replica(ServerInterceptor around, ServerCallHandler<String, String> handler) {
        this(anyPort(), InsecureServerCredentials.create(), handler, builder -> builder.intercept(around));
    }

    /** @param more what else is set of the server */
    Replica(Consumer<NettyServerBuilder> more, ServerCallHandler<String, String> handler) {
        this(anyPort(), InsecureServerCredentials.create(), handler, more);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private Replica(
            InetSocketAddress address,
            ServerCredentials credentials,
            ServerCallHandler<String, String> handler,
            Consumer<NettyServerBuilder> more) {
        ServerCallHandler<String, String> counting = (call, received) -> {
            headers.add(received);
            authorities.add(String.valueOf(call.getAuthority()));
            return handler.startCall(call, received);
        };
        ServerServiceDefinition service = ServerServiceDefinition.builder("inventory.Inventory")
                .addMethod(GET, counting)
                .addMethod(COLLECT, counting)
                .addMethod(LIST, counting)
                .addMethod(TALK, counting)
                .build();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address, credentials);
        more.accept(builder);
        server = builder.addService(service)
                .addStreamTracerFactory(new ServerStreamTracer.Factory() {
                    @Override
                    public ServerStreamTracer newServerStreamTracer(String method, Metadata received) {
                        streams.incrementAndGet();
                        return new ServerStreamTracer() {
                            @Override
                            public void streamClosed(Status status) {
                                streams.decrementAndGet();
                            }
                        };
                    }
                })
                .addTransportFilter(new ServerTransportFilter() {
                    @Override
                    public Attributes transportReady(Attributes attributes) {
                        opened.incrementAndGet();
                        connections.incrementAndGet();
                        return attributes;
                    }

                    @Override
                    public void transportTerminated(Attributes attributes) {
                        connections.decrementAndGet();
                    }
                })
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + server.getPort();
    }

    int asked() {
        return headers.size();
    }

    String header(int call, String name) {
        return String.valueOf(headers.get(call).get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort());
    }

    /** Ends as a server should: with a GOAWAY, and when its calls have ended. */
    void drain() throws InterruptedException {
        server.shutdown();
        if (!server.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new AssertionError("calls are under way still");
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    /** Answers the request with its echo. */
    static ServerCall.Listener<String> echo(ServerCall<String, String> call) {
        call.request(1);
        return new ServerCall.Listener<>() {
            private String asked = "";

            @Override
            public void onMessage(String message) {
                asked = message;
            }

            @Override
            public void onHalfClose() {
                call.sendHeaders(new Metadata());
                call.sendMessage("echo of " + asked);
                call.close(Status.OK, new Metadata());
            }
        };
    }

    /** Ends the call without a word but its status. */
    static ServerCall.Listener<String> end(ServerCall<String, String> call, Status status, Metadata trailers) {
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                call.close(status, trailers);
            }
        };
    }

    static Metadata metadata(String name, String value) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return metadata;
    }
}
