package dev.weft.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A replica of a service on a loopback socket, good or bad as it is told. */
final class InventoryServer implements AutoCloseable {
    static final MethodDescriptor<String, String> STOCK = TextMarshaller.method(MethodType.UNARY, "Stock", true);
    static final MethodDescriptor<String, String> ORDER = TextMarshaller.method(MethodType.UNARY, "Order", false);
    static final MethodDescriptor<String, String> SILENT = TextMarshaller.method(MethodType.UNARY, "Silent", true);
    static final MethodDescriptor<String, String> WATCH =
            TextMarshaller.method(MethodType.SERVER_STREAMING, "Watch", true);
    static final MethodDescriptor<String, String> BROKEN =
            TextMarshaller.method(MethodType.SERVER_STREAMING, "Broken", true);
    static final MethodDescriptor<String, String> TALK =
            TextMarshaller.method(MethodType.BIDI_STREAMING, "Talk", false);

    private final Server server;
    private final AtomicInteger failing;
    /** Requests that came here. */
    final AtomicInteger asked = new AtomicInteger();
    /** Requests whose caller gave up. */
    final AtomicInteger cancelled = new AtomicInteger();
    /** What was left to each request when it came. */
    final List<Deadline> deadlines = new CopyOnWriteArrayList<>();

    /** @param failing how many requests to answer with UNAVAILABLE first, counted over all who share it */
    InventoryServer(AtomicInteger failing) {
        this.failing = failing;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder("inventory.Inventory")
                        .addMethod(STOCK, ServerCalls.asyncUnaryCall(this::stock))
                        .addMethod(ORDER, ServerCalls.asyncUnaryCall(this::stock))
                        .addMethod(SILENT, ServerCalls.asyncUnaryCall(this::silent))
                        .addMethod(WATCH, ServerCalls.asyncServerStreamingCall(this::watch))
                        .addMethod(BROKEN, ServerCalls.asyncServerStreamingCall(this::broken))
                        .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(this::talk))
                        .build())
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

    private boolean fails(StreamObserver<String> answer) {
        asked.incrementAndGet();
        Deadline deadline = Context.current().getDeadline();
        if (deadline != null) {
            deadlines.add(deadline);
        }
        if (failing.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            answer.onError(Status.UNAVAILABLE.withDescription("told to").asRuntimeException());
            return true;
        }
        return false;
    }

    private void stock(String request, StreamObserver<String> answer) {
        if (!fails(answer)) {
            answer.onNext("stock of " + request);
            answer.onCompleted();
        }
    }

    private void silent(String request, StreamObserver<String> answer) {
        ((ServerCallStreamObserver<String>) answer).setOnCancelHandler(cancelled::incrementAndGet);
        asked.incrementAndGet();
    }

    private void watch(String request, StreamObserver<String> answer) {
        ((ServerCallStreamObserver<String>) answer).setOnCancelHandler(cancelled::incrementAndGet);
        if (!fails(answer)) {
            int updates = Integer.parseInt(request);
            for (int i = 0; i < updates; i++) {
                answer.onNext("update " + i);
            }
            answer.onCompleted();
        }
    }

    private void broken(String request, StreamObserver<String> answer) {
        asked.incrementAndGet();
        answer.onNext("update 0");
        answer.onError(Status.UNAVAILABLE.withDescription("broke off").asRuntimeException());
    }

    private StreamObserver<String> talk(StreamObserver<String> answer) {
        asked.incrementAndGet();
        ((ServerCallStreamObserver<String>) answer).setOnCancelHandler(cancelled::incrementAndGet);
        return new StreamObserver<>() {
            @Override
            public void onNext(String word) {
                answer.onNext("you said " + word);
            }

            @Override
            public void onError(Throwable broken) {}

            @Override
            public void onCompleted() {
                answer.onCompleted();
            }
        };
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
