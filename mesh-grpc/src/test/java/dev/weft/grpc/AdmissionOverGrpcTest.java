package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Deadline;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerInterceptor;
import dev.weft.testkit.Overload;
import dev.weft.testkit.Overload.Came;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A gRPC server that is asked more than it can, and one whose calls end in every way. */
@Timeout(60)
class AdmissionOverGrpcTest {
    private final List<AutoCloseable> opened = new ArrayList<>();
    /** 200 calls a second. */
    private final Overload overload = new Overload(4, 20_000_000);

    private <T extends AutoCloseable> T open(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private MeshBuilder builder() {
        return Mesh.builder().drain(Duration.ofMillis(100)).set("server.admission", "enforce");
    }

    /** Its handlers stand in line for what is short. */
    private Replica busy(Mesh mesh) {
        return open(new Replica(MeshServerInterceptor.of(mesh), (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onHalfClose() {
                    overload.work();
                    if (!call.isCancelled()) {
                        call.sendHeaders(new Metadata());
                        call.sendMessage("done");
                        call.close(Status.OK, new Metadata());
                    }
                }
            };
        }));
    }

    @SuppressWarnings("try") // a scope is there to be closed
    private static void ask(Channel channel, Came came) {
        try (Scope scope = Deadline.within(Duration.ofMillis(500))) {
            ClientCalls.asyncUnaryCall(
                    channel.newCall(Replica.GET, CallOptions.DEFAULT), "bolts", new StreamObserver<String>() {
                        @Override
                        public void onNext(String value) {
                            came.isGood();
                        }

                        @Override
                        public void onError(Throwable thrown) {
                            Metadata trailers = Status.trailersFromThrowable(thrown);
                            boolean refused = trailers != null && trailers.containsKey(Pushbacks.REFUSED);
                            if (refused) {
                                came.isRefused();
                            } else {
                                came.hasFailed();
                            }
                        }

                        @Override
                        public void onCompleted() {}
                    });
        }
    }

    @Test
    void twiceItsCapacityItStillAnswersWhatItCan() {
        Mesh mesh = open(builder().start());
        Replica busy = busy(mesh);
        // Callers who ask on, whatever comes of it: one attempt each, and no limit of their own.
        Channel channel = MeshGrpc.create(open(builder()
                        .set("limits.adaptive", "off")
                        .set("ejection.mode", "off")
                        .set("retry.attempts", "1")
                        .set("hedge.maxExtraLoad", "off")
                        .resolver(StaticResolver.empty().with("stock", busy.address()))
                        .start()))
                .channel("stock");
        Came came = overload.twice(asked -> ask(channel, asked));
        await().until(() -> came.over() && mesh.admission().underWay() == 0);

        // However fast the machine is just now.
        assertThat(came.good()).as("answered in time").isGreaterThan((int) (0.85 * overload.worked()));
        assertThat(came.good()).isGreaterThan((int) (0.4 * overload.capacity() * 4));
        assertThat(came.refused()).isGreaterThan((int) (0.4 * overload.capacity() * 4));
    }

    @Test
    void whoIsRefusedIsToldSoInWordsThatEveryClientKnows() {
        Mesh mesh = open(builder().start());
        Replica busy = busy(mesh);
        ManagedChannel plain = NettyChannelBuilder.forAddress(busy.socketAddress())
                .usePlaintext()
                .build();
        opened.add(plain::shutdownNow);
        AtomicInteger told = new AtomicInteger();
        Came came = overload.asked(4, 2, asked -> {
            ClientCalls.asyncUnaryCall(
                    plain.newCall(Replica.GET, CallOptions.DEFAULT), "bolts", new StreamObserver<String>() {
                        @Override
                        public void onNext(String value) {
                            asked.isGood();
                        }

                        @Override
                        public void onError(Throwable thrown) {
                            asked.isRefused();
                            Status status = Status.fromThrowable(thrown);
                            Metadata trailers = Status.trailersFromThrowable(thrown);
                            if (status.getCode() == Status.Code.UNAVAILABLE
                                    && trailers != null
                                    && "1000".equals(trailers.get(Pushbacks.KEY))) {
                                told.incrementAndGet();
                            }
                        }

                        @Override
                        public void onCompleted() {}
                    });
        });
        await().until(() -> came.over() && mesh.admission().underWay() == 0);

        assertThat(came.refused()).as("those without a deadline too").isPositive();
        assertThat(told.get()).isEqualTo(came.refused());
    }

    @Test
    void howeverACallEndsItIsCountedOnce() {
        Mesh mesh = open(builder().start());
        Replica replica = open(new Replica(MeshServerInterceptor.of(mesh), (call, headers) -> {
            String does = String.valueOf(headers.get(Metadata.Key.of("does", Metadata.ASCII_STRING_MARSHALLER)));
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(String message) {
                    if (does.equals("throw")) {
                        throw new IllegalStateException("as the test wants");
                    }
                    if (does.equals("fail")) {
                        call.close(Status.INTERNAL, new Metadata());
                    }
                    if (does.equals("answer") || does.equals("linger")) {
                        call.sendHeaders(new Metadata());
                        call.sendMessage("yes");
                    }
                    if (does.equals("answer")) {
                        call.close(Status.OK, new Metadata());
                    }
                }
            };
        }));
        ManagedChannel plain = NettyChannelBuilder.forAddress(replica.socketAddress())
                .usePlaintext()
                .build();
        opened.add(plain::shutdownNow);
        List<ClientCall<String, String>> calls = new ArrayList<>();
        for (MethodDescriptor<String, String> method :
                List.of(Replica.GET, Replica.LIST, Replica.COLLECT, Replica.TALK)) {
            for (String does : List.of("throw", "fail", "answer", "linger", "wait")) {
                for (int i = 0; i < 5; i++) {
                    ClientCall<String, String> call = plain.newCall(
                            method,
                            does.equals("wait") && i % 2 == 0
                                    ? CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                                    : CallOptions.DEFAULT);
                    call.start(new ClientCall.Listener<>() {}, Replica.metadata("does", does));
                    call.request(2);
                    call.sendMessage("x");
                    if (method.getType().clientSendsOneMessage()) {
                        call.halfClose();
                    }
                    calls.add(call);
                }
            }
        }
        // Those that are given little time may not get there at all.
        await().untilAsserted(() -> assertThat(replica.asked()).isGreaterThanOrEqualTo(88));
        // Of those that wait for an answer to their one message; who sends many is not waited for.
        await().untilAsserted(() -> assertThat(mesh.admission().underWay()).isBetween(1, 10));
        calls.forEach(call -> call.cancel("enough", null));
        await().untilAsserted(() -> assertThat(mesh.admission().underWay()).isZero());
    }

    @Test
    void whoIsRefusedByOneServerIsSentToOneOtherAndNoFurther() {
        Metadata refusal = new Metadata();
        refusal.put(Pushbacks.REFUSED, "overload");
        refusal.put(Pushbacks.KEY, "1000");
        List<Replica> all = new ArrayList<>();
        StaticResolver resolver = StaticResolver.empty();
        String[] addresses = new String[3];
        for (int i = 0; i < 3; i++) {
            Replica replica = open(new Replica((call, headers) -> Replica.end(call, Status.UNAVAILABLE, refusal)));
            all.add(replica);
            addresses[i] = replica.address();
        }
        Channel channel = MeshGrpc.create(open(
                        builder().resolver(resolver.with("stock", addresses)).start()))
                .channel("stock");
        MethodDescriptor<String, String> order = TextMarshaller.method(MethodDescriptor.MethodType.UNARY, "Get", false);

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, order, CallOptions.DEFAULT, "bolts"))
                .isInstanceOf(StatusRuntimeException.class);

        assertThat(all.stream().mapToInt(Replica::asked).sum()).isEqualTo(2);
        assertThat(all).allMatch(replica -> replica.asked() <= 1);
    }
}
