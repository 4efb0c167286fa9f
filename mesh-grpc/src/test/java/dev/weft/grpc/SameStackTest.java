package dev.weft.grpc;

import static dev.weft.grpc.InventoryServer.BROKEN;
import static dev.weft.grpc.InventoryServer.ORDER;
import static dev.weft.grpc.InventoryServer.SILENT;
import static dev.weft.grpc.InventoryServer.STOCK;
import static dev.weft.grpc.InventoryServer.TALK;
import static dev.weft.grpc.InventoryServer.WATCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Success;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The stack knows no protocol: gRPC calls, unary and streaming, over real sockets through the very filters that HTTP
 * calls go through.
 */
@Timeout(120)
class SameStackTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final AtomicInteger failing = new AtomicInteger();
    private final List<InventoryServer> servers = new ArrayList<>();
    private final GrpcWire wire = new GrpcWire();
    private final ExecutorService home = Executors.newSingleThreadExecutor(task -> new Thread(task, "home"));
    private @Nullable Mesh mesh;

    @BeforeEach
    void start() {
        for (int i = 0; i < 3; i++) {
            servers.add(new InventoryServer(failing));
        }
    }

    @AfterEach
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
        servers.forEach(InventoryServer::close);
        home.shutdownNow();
    }

    private Mesh mesh(UnaryOperator<MeshBuilder> more) {
        String[] addresses = servers.stream().map(InventoryServer::address).toArray(String[]::new);
        Mesh started = more.apply(Mesh.builder()
                        .drain(Duration.ofMillis(200))
                        .set("deadline.total", "60s")
                        .set("retry.backoff.base", "20ms")
                        .resolver(StaticResolver.empty().with("inventory", addresses)))
                .start();
        mesh = started;
        return started;
    }

    private MeshChannel channel(UnaryOperator<MeshBuilder> more) {
        return new MeshChannel(mesh(more).client(wire), "inventory", home);
    }

    private MeshChannel channel() {
        return channel(builder -> builder);
    }

    private static Call last(MeshChannel channel) {
        Call call = channel.last;
        if (call == null) {
            throw new AssertionError("no call was made");
        }
        return call;
    }

    private int inFlight() {
        Cluster inventory = mesh == null ? null : mesh.clusters().get("inventory");
        return inventory == null
                ? -1
                : inventory.nodes().stream().mapToInt(Node::inFlight).sum();
    }

    private void nothingIsLeftOpen() {
        await().atMost(SOON).until(this::inFlight, open -> open == 0);
    }

    private String blocking(MeshChannel channel, MethodDescriptor<String, String> method, String request) {
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
    }

    // Unary, through a blocking stub: async below, resumed on the stub's own thread.

    @Test
    void anUnaryCallIsAnswered() {
        MeshChannel channel = channel();

        assertThat(blocking(channel, STOCK, "bolts")).isEqualTo("stock of bolts");

        nothingIsLeftOpen();
        assertThat(last(channel).fate()).isEqualTo(Fate.SUCCESS);
    }

    @Test
    void unavailableIsTriedAgainOnAnotherNode() {
        failing.set(2);
        MeshChannel channel = channel();

        assertThat(blocking(channel, STOCK, "bolts")).isEqualTo("stock of bolts");

        assertThat(servers).allMatch(server -> server.asked.get() == 1);
        nothingIsLeftOpen();
        assertThat(last(channel).fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
    }

    @Test
    void aBlockingStubIsWokenByARetryThatWaited() {
        // Were the second attempt made on the timer's thread, its answer would go to an executor that nobody drains.
        failing.set(2);
        MeshChannel channel = channel();

        assertThat(blocking(channel, STOCK, "bolts")).isEqualTo("stock of bolts");

        assertThat(wire.startedOn).hasSize(3).containsOnly(Thread.currentThread());
    }

    @Test
    void anAsyncStubResumesAtHome() throws Exception {
        failing.set(2);
        MeshChannel channel = channel();
        ClientCall<String, String> call = channel.newCall(STOCK, CallOptions.DEFAULT);

        Future<String> answer = ClientCalls.futureUnaryCall(call, "bolts");

        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("stock of bolts");
        assertThat(wire.startedOn.subList(1, 3)).extracting(Thread::getName).containsOnly("home");
    }

    @Test
    void whatIsNotIdempotentIsNotSentAgain() {
        failing.set(1);
        MeshChannel channel = channel();

        assertThatThrownBy(() -> blocking(channel, ORDER, "bolts"))
                .satisfies(refused ->
                        assertThat(Status.fromThrowable(refused).getCode()).isEqualTo(Status.Code.UNAVAILABLE));

        assertThat(wire.asked).hasSize(1);
        nothingIsLeftOpen();
        assertThat(last(channel).fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
    }

    @Test
    void whatNeverLeftIsSentElsewhereWhateverItIs() throws IOException {
        String closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = "127.0.0.1:" + socket.getLocalPort();
        }
        String open = servers.get(0).address();
        MeshChannel channel = channel(builder -> builder.set("balancer.kind", "roundRobin")
                .resolver(StaticResolver.empty().with("inventory", closed, open)));

        for (int i = 0; i < 4; i++) {
            assertThat(blocking(channel, ORDER, "bolts")).isEqualTo("stock of bolts");
        }

        assertThat(servers.get(0).asked).hasValue(4);
        assertThat(wire.asked).extracting(Node::address).contains(closed);
        nothingIsLeftOpen();
    }

    // Deadline and cancellation.

    @Test
    void theDeadlineReachesTheServer() {
        MeshChannel channel = channel(builder -> builder.set("deadline.total", "9s"));

        blocking(channel, STOCK, "bolts");

        assertThat(allDeadlines())
                .singleElement()
                .satisfies(deadline ->
                        assertThat(deadline.timeRemaining(TimeUnit.SECONDS)).isLessThanOrEqualTo(9));
    }

    @Test
    void theCallersNearerDeadlineWins() {
        MeshChannel channel = channel();
        CallOptions soon = CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(30));

        ClientCalls.blockingUnaryCall(channel, STOCK, soon, "bolts");

        assertThat(last(channel).remainingNanos(last(channel).startNanos()))
                .isBetween(1L, Duration.ofSeconds(30).toNanos());
    }

    private List<io.grpc.Deadline> allDeadlines() {
        return servers.stream().flatMap(server -> server.deadlines.stream()).toList();
    }

    @Test
    void silenceEndsAtTheDeadlineOnBothSides() {
        MeshChannel channel = channel(builder -> builder.set("deadline.total", "300ms"));

        assertThatThrownBy(() -> blocking(channel, SILENT, "bolts"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        late -> assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));

        nothingIsLeftOpen();
        await().atMost(SOON).until(() -> total(server -> server.cancelled) == total(server -> server.asked));
    }

    private int total(java.util.function.Function<InventoryServer, AtomicInteger> count) {
        return servers.stream().mapToInt(server -> count.apply(server).get()).sum();
    }

    @Test
    void cancellingTheCallReachesTheServer() {
        MeshChannel channel = channel();
        ClientCall<String, String> call = channel.newCall(SILENT, CallOptions.DEFAULT);
        Future<String> answer = ClientCalls.futureUnaryCall(call, "bolts");
        await().atMost(SOON).until(() -> total(server -> server.asked) == 1);

        answer.cancel(true);

        await().atMost(SOON).until(() -> total(server -> server.cancelled) == 1);
        nothingIsLeftOpen();
        await().atMost(SOON).until(() -> last(channel).fate() == Fate.CANCELLED);
        assertThat(wire.asked).hasSize(1);
    }

    // Streaming.

    @Test
    void aStreamIsAnsweredAfterARetryAndEndsWhenItCloses() {
        failing.set(1);
        MeshChannel channel = channel();

        Iterator<String> updates = ClientCalls.blockingServerStreamingCall(channel, WATCH, CallOptions.DEFAULT, "1000");

        assertThat(updates.next()).isEqualTo("update 0");
        assertThat(inFlight()).isEqualTo(1);
        int seen = 1;
        while (updates.hasNext()) {
            assertThat(updates.next()).isEqualTo("update " + seen++);
        }
        assertThat(seen).isEqualTo(1000);
        nothingIsLeftOpen();
        assertThat(last(channel).fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
        assertThat(last(channel).endNanos()).isNotZero();
    }

    @Test
    void anEmptyStreamIsAnAnswerToo() {
        MeshChannel channel = channel();

        assertThat(ClientCalls.blockingServerStreamingCall(channel, WATCH, CallOptions.DEFAULT, "0"))
                .isExhausted();

        nothingIsLeftOpen();
        assertThat(last(channel).fate()).isEqualTo(Fate.SUCCESS);
    }

    @Test
    void aStreamThatHasBegunIsNotTriedAgain() {
        MeshChannel channel = channel();
        Iterator<String> updates =
                ClientCalls.blockingServerStreamingCall(channel, BROKEN, CallOptions.DEFAULT, "bolts");

        assertThat(updates.next()).isEqualTo("update 0");
        assertThatThrownBy(updates::hasNext).hasMessageContaining("broke off");

        assertThat(wire.asked).hasSize(1);
        nothingIsLeftOpen();
        assertThat(last(channel).bodyFailure()).isNotNull();
        assertThat(last(channel).fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
    }

    @Test
    void anOpenStreamHoldsItsPermit() {
        MeshChannel channel = channel(builder -> builder.set("limits.requests", "1"));
        StreamObserver<String> talk = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(TALK, CallOptions.DEFAULT), new Collected().observer());
        await().atMost(SOON).until(() -> inFlight() == 1);

        assertThatThrownBy(() -> blocking(channel, STOCK, "bolts")).hasMessageContaining("limits.requests");

        talk.onCompleted();
        nothingIsLeftOpen();
        assertThat(blocking(channel, STOCK, "bolts")).isEqualTo("stock of bolts");
    }

    @Test
    void bothSidesTalkAtOnce() throws Exception {
        MeshChannel channel = channel();
        Collected answers = new Collected();
        StreamObserver<String> talk =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, CallOptions.DEFAULT), answers.observer());

        talk.onNext("a");
        talk.onNext("b");
        await().atMost(SOON).until(() -> answers.messages.size() == 2);
        talk.onNext("c");
        talk.onCompleted();

        answers.closed.get(20, TimeUnit.SECONDS);
        assertThat(answers.messages).containsExactly("you said a", "you said b", "you said c");
        nothingIsLeftOpen();
    }

    private static final class Collected {
        final List<String> messages = new java.util.concurrent.CopyOnWriteArrayList<>();
        final CompletableFuture<Boolean> closed = new CompletableFuture<>();

        StreamObserver<String> observer() {
            return new StreamObserver<>() {
                @Override
                public void onNext(String message) {
                    messages.add(message);
                }

                @Override
                public void onError(Throwable cause) {
                    closed.completeExceptionally(cause);
                }

                @Override
                public void onCompleted() {
                    closed.complete(true);
                }
            };
        }
    }

    // The caller's own thread, from end to end.

    @Test
    void aBlockingCallRunsOnItsCallersThread() {
        failing.set(2);
        Outcome<Exchange> outcome = send(mesh(builder -> builder), STOCK);

        assertThat(outcome).isInstanceOf(Success.class);
        assertThat(wire.startedOn).hasSize(3).containsOnly(Thread.currentThread());
        assertThat(servers).allMatch(server -> server.asked.get() == 1);
        ((Success<Exchange>) outcome).value().attach(new ClientCall.Listener<>() {});
        nothingIsLeftOpen();
    }

    @Test
    void aBlockingCallGivesUpAtItsDeadlineAndTellsTheServer() {
        Outcome<Exchange> outcome = send(mesh(builder -> builder.set("deadline.total", "300ms")), SILENT);

        assertThat(outcome).isInstanceOf(Failure.class);
        nothingIsLeftOpen();
        await().atMost(SOON).until(() -> total(server -> server.cancelled) == total(server -> server.asked));
    }

    private Outcome<Exchange> send(Mesh mesh, MethodDescriptor<String, String> method) {
        Route<Exchange> route =
                mesh.client(wire).route("inventory", "POST", "/" + method.getFullMethodName(), LayerValues.NONE);
        Outgoing request = new Outgoing(method, CallOptions.DEFAULT, new Metadata());
        request.message("bolts");
        request.complete();
        Call call = route.newCall(request, Pace.blocking(mesh.time()), Context.root());
        return (Outcome<Exchange>) route.send(call);
    }
}
