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
import dev.weft.stack.Slot;
import io.grpc.CallOptions;
import io.grpc.Channel;
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
    private final Attempts attempts = new Attempts();
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
                        .stack(stack -> stack.before(Slot.WIRE, attempts))
                        .resolver(StaticResolver.empty().with("inventory", addresses)))
                .start();
        mesh = started;
        return started;
    }

    private Channel channel(UnaryOperator<MeshBuilder> more) {
        return MeshGrpc.create(mesh(more)).channel("inventory");
    }

    private Channel channel() {
        return channel(builder -> builder);
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

    private String blocking(Channel channel, MethodDescriptor<String, String> method, String request) {
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
    }

    // Unary, through a blocking stub: async below, resumed on the stub's own thread.

    @Test
    void anUnaryCallIsAnswered() {
        Channel channel = channel();

        assertThat(blocking(channel, STOCK, "bolts")).isEqualTo("stock of bolts");

        nothingIsLeftOpen();
        assertThat(attempts.last().fate()).isEqualTo(Fate.SUCCESS);
    }

    @Test
    void unavailableIsTriedAgainOnAnotherNode() {
        failing.set(2);
        Channel channel = channel();

        assertThat(blocking(channel, STOCK, "bolts")).isEqualTo("stock of bolts");

        assertThat(servers).allMatch(server -> server.asked.get() == 1);
        nothingIsLeftOpen();
        assertThat(attempts.last().fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
    }

    @Test
    void aBlockingStubIsWokenByARetryThatWaited() {
        // Were the answer told on the timer's thread, or the transport's, the stub would sleep for ever.
        failing.set(2);
        Channel channel = channel();

        assertThat(blocking(channel, STOCK, "bolts")).isEqualTo("stock of bolts");

        assertThat(attempts.startedOn.subList(1, 3))
                .extracting(Thread::getName)
                .allMatch(name -> name.startsWith("weft-grpc"));
    }

    @Test
    void anAsyncStubHearsOnItsOwnExecutor() throws Exception {
        failing.set(2);
        Channel channel = channel();
        CompletableFuture<String> heardOn = new CompletableFuture<>();
        ClientCall<String, String> call = channel.newCall(STOCK, CallOptions.DEFAULT.withExecutor(home));

        ClientCalls.asyncUnaryCall(call, "bolts", new StreamObserver<>() {
            @Override
            public void onNext(String message) {
                heardOn.complete(message + " on " + Thread.currentThread().getName());
            }

            @Override
            public void onError(Throwable failure) {
                heardOn.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {}
        });

        assertThat(heardOn.get(20, TimeUnit.SECONDS)).isEqualTo("stock of bolts on home");
    }

    @Test
    void whatIsNotIdempotentIsNotSentAgain() {
        failing.set(1);
        Channel channel = channel();

        assertThatThrownBy(() -> blocking(channel, ORDER, "bolts"))
                .satisfies(refused ->
                        assertThat(Status.fromThrowable(refused).getCode()).isEqualTo(Status.Code.UNAVAILABLE));

        assertThat(attempts.made).hasSize(1);
        nothingIsLeftOpen();
        assertThat(attempts.last().fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
    }

    @Test
    void whatNeverLeftIsSentElsewhereWhateverItIs() throws IOException {
        String closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = "127.0.0.1:" + socket.getLocalPort();
        }
        String open = servers.get(0).address();
        Channel channel = channel(builder -> builder.set("balancer.kind", "roundRobin")
                .resolver(StaticResolver.empty().with("inventory", closed, open)));

        for (int i = 0; i < 4; i++) {
            assertThat(blocking(channel, ORDER, "bolts")).isEqualTo("stock of bolts");
        }

        assertThat(servers.get(0).asked).hasValue(4);
        assertThat(attempts.asked()).extracting(Node::address).contains(closed);
        nothingIsLeftOpen();
    }

    // Deadline and cancellation.

    @Test
    void theDeadlineReachesTheServer() {
        Channel channel = channel(builder -> builder.set("deadline.total", "9s"));

        blocking(channel, STOCK, "bolts");

        assertThat(allDeadlines())
                .singleElement()
                .satisfies(deadline ->
                        assertThat(deadline.timeRemaining(TimeUnit.SECONDS)).isLessThanOrEqualTo(9));
    }

    @Test
    void theCallersNearerDeadlineWins() {
        Channel channel = channel();
        CallOptions soon = CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(30));

        ClientCalls.blockingUnaryCall(channel, STOCK, soon, "bolts");

        assertThat(attempts.last().remainingNanos(attempts.last().startNanos()))
                .isBetween(1L, Duration.ofSeconds(30).toNanos());
    }

    private List<io.grpc.Deadline> allDeadlines() {
        return servers.stream().flatMap(server -> server.deadlines.stream()).toList();
    }

    @Test
    void silenceEndsAtTheDeadlineOnBothSides() {
        Channel channel = channel(builder -> builder.set("deadline.total", "300ms"));

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
        Channel channel = channel();
        ClientCall<String, String> call = channel.newCall(SILENT, CallOptions.DEFAULT);
        Future<String> answer = ClientCalls.futureUnaryCall(call, "bolts");
        await().atMost(SOON).until(() -> total(server -> server.asked) == 1);

        answer.cancel(true);

        await().atMost(SOON).until(() -> total(server -> server.cancelled) == 1);
        nothingIsLeftOpen();
        await().atMost(SOON).until(() -> attempts.last().fate() == Fate.CANCELLED);
        assertThat(attempts.made).hasSize(1);
    }

    // Streaming.

    @Test
    void aStreamIsAnsweredAfterARetryAndEndsWhenItCloses() {
        failing.set(1);
        Channel channel = channel();

        Iterator<String> updates = ClientCalls.blockingServerStreamingCall(channel, WATCH, CallOptions.DEFAULT, "1000");

        assertThat(updates.next()).isEqualTo("update 0");
        assertThat(inFlight()).isEqualTo(1);
        int seen = 1;
        while (updates.hasNext()) {
            assertThat(updates.next()).isEqualTo("update " + seen++);
        }
        assertThat(seen).isEqualTo(1000);
        nothingIsLeftOpen();
        assertThat(attempts.last().fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
        assertThat(attempts.last().endNanos()).isNotZero();
    }

    @Test
    void anEmptyStreamIsAnAnswerToo() {
        Channel channel = channel();

        assertThat(ClientCalls.blockingServerStreamingCall(channel, WATCH, CallOptions.DEFAULT, "0"))
                .isExhausted();

        nothingIsLeftOpen();
        assertThat(attempts.last().fate()).isEqualTo(Fate.SUCCESS);
    }

    @Test
    void aStreamThatHasBegunIsNotTriedAgain() {
        Channel channel = channel();
        Iterator<String> updates =
                ClientCalls.blockingServerStreamingCall(channel, BROKEN, CallOptions.DEFAULT, "bolts");

        assertThat(updates.next()).isEqualTo("update 0");
        assertThatThrownBy(updates::hasNext).hasMessageContaining("broke off");

        assertThat(attempts.made).hasSize(1);
        nothingIsLeftOpen();
        assertThat(attempts.last().bodyFailure()).isNotNull();
        assertThat(attempts.last().fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
    }

    @Test
    void anOpenStreamHoldsItsPermit() {
        Channel channel = channel(builder -> builder.set("limits.requests", "1"));
        StreamObserver<String> talk = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(TALK, CallOptions.DEFAULT), new Collected<String>().observer());
        await().atMost(SOON).until(() -> inFlight() == 1);

        assertThatThrownBy(() -> blocking(channel, STOCK, "bolts")).hasMessageContaining("limits.requests");

        talk.onCompleted();
        nothingIsLeftOpen();
        assertThat(blocking(channel, STOCK, "bolts")).isEqualTo("stock of bolts");
    }

    @Test
    void bothSidesTalkAtOnce() throws Exception {
        Channel channel = channel();
        Collected<String> answers = new Collected<>();
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

    // The caller's own thread, from end to end.

    @Test
    void aBlockingCallRunsOnItsCallersThread() {
        failing.set(2);
        Outcome<Answer> outcome = send(mesh(builder -> builder), STOCK);

        assertThat(outcome).isInstanceOf(Success.class);
        assertThat(attempts.startedOn).hasSize(3).containsOnly(Thread.currentThread());
        assertThat(servers).allMatch(server -> server.asked.get() == 1);
        nothingIsLeftOpen();
    }

    @Test
    void aBlockingCallGivesUpAtItsDeadlineAndTellsTheServer() {
        Outcome<Answer> outcome = send(mesh(builder -> builder.set("deadline.total", "300ms")), SILENT);

        assertThat(outcome).isInstanceOf(Failure.class);
        nothingIsLeftOpen();
        await().atMost(SOON).until(() -> total(server -> server.cancelled) == total(server -> server.asked));
    }

    private Outcome<Answer> send(Mesh mesh, MethodDescriptor<String, String> method) {
        Transport transport =
                new Transport(mesh.time(), mesh.identity(), OwnNetty.builders(builder -> {}), OwnNetty::credentials);
        Route<Answer> route = mesh.client(new GrpcWire(transport, new AttemptHeaders(mesh.propagation())))
                .route("inventory", "POST", "/" + method.getFullMethodName(), LayerValues.NONE);
        Outgoing<String> request =
                new Outgoing<>(method, CallOptions.DEFAULT, new Metadata(), io.grpc.Context.ROOT, () -> {});
        request.send("bolts", false);
        request.complete();
        Call call = route.newCall(request, Pace.blocking(mesh.time()), Context.root());
        return (Outcome<Answer>) route.send(call);
    }
}
