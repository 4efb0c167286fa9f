package dev.weft.grpc;

import dev.weft.grpc.workshop.Job;
import dev.weft.grpc.workshop.Result;
import dev.weft.grpc.workshop.WorkshopGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A replica whose service and messages are generated code. */
final class WorkshopServer extends WorkshopGrpc.WorkshopImplBase implements AutoCloseable {
    private final Server server;
    private final AtomicInteger failing;
    /** Requests that came here. */
    final AtomicInteger asked = new AtomicInteger();
    /** Steps that were sent to those who follow a job. */
    final AtomicInteger sent = new AtomicInteger();
    /** Whether one who follows was not ready for more. */
    volatile boolean heldBack;
    /** Calls whose caller gave up. */
    final AtomicInteger cancelled = new AtomicInteger();
    /** What makes each step longer. */
    volatile String padding = "";
    /** Whether jobs are taken from those who send many. */
    volatile boolean reading = true;

    private final List<ServerCallStreamObserver<Result>> unread = new CopyOnWriteArrayList<>();

    /** @param failing how many requests to answer with UNAVAILABLE first, counted over all who share it */
    WorkshopServer(AtomicInteger failing) {
        this.failing = failing;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
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

    private boolean fails(StreamObserver<Result> answer) {
        asked.incrementAndGet();
        if (failing.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            answer.onError(Status.UNAVAILABLE.withDescription("told to").asRuntimeException());
            return true;
        }
        return false;
    }

    static Result result(String text) {
        return Result.newBuilder().setText(text).build();
    }

    private void answer(String text, StreamObserver<Result> answer) {
        if (!fails(answer)) {
            answer.onNext(result(text));
            answer.onCompleted();
        }
    }

    @Override
    public void mend(Job job, StreamObserver<Result> answer) {
        answer("mended " + job.getItem(), answer);
    }

    @Override
    public void look(Job job, StreamObserver<Result> answer) {
        answer("looked at " + job.getItem(), answer);
    }

    @Override
    public void label(Job job, StreamObserver<Result> answer) {
        answer("labelled " + job.getItem(), answer);
    }

    @Override
    public StreamObserver<Job> mendAll(StreamObserver<Result> answer) {
        asked.incrementAndGet();
        ServerCallStreamObserver<Result> caller = (ServerCallStreamObserver<Result>) answer;
        if (!reading) {
            caller.disableAutoRequest();
            unread.add(caller);
        }
        return new StreamObserver<>() {
            private int jobs;

            @Override
            public void onNext(Job job) {
                jobs++;
            }

            @Override
            public void onError(Throwable broken) {}

            @Override
            public void onCompleted() {
                answer.onNext(result("mended " + jobs));
                answer.onCompleted();
            }
        };
    }

    /** Goes on with those that were not read. */
    void read() {
        unread.forEach(caller -> caller.request(Integer.MAX_VALUE));
    }

    @Override
    public void follow(Job job, StreamObserver<Result> answer) {
        if (fails(answer)) {
            return;
        }
        ServerCallStreamObserver<Result> caller = (ServerCallStreamObserver<Result>) answer;
        AtomicInteger step = new AtomicInteger();
        caller.setOnReadyHandler(() -> {
            while (caller.isReady() && step.get() < job.getSteps()) {
                caller.onNext(result("step " + step.getAndIncrement() + padding));
                sent.incrementAndGet();
            }
            if (step.get() < job.getSteps()) {
                heldBack = true;
            } else if (step.getAndIncrement() == job.getSteps()) {
                caller.onCompleted();
            }
        });
    }

    @Override
    public StreamObserver<Job> advise(StreamObserver<Result> answer) {
        asked.incrementAndGet();
        ((ServerCallStreamObserver<Result>) answer).setOnCancelHandler(cancelled::incrementAndGet);
        return new StreamObserver<>() {
            @Override
            public void onNext(Job job) {
                answer.onNext(result("glue for " + job.getItem()));
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
