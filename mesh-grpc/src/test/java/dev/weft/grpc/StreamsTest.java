package dev.weft.grpc;

import static dev.weft.grpc.Replica.COLLECT;
import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.LIST;
import static dev.weft.grpc.Replica.TALK;
import static dev.weft.grpc.Replica.echo;
import static dev.weft.grpc.Replica.metadata;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Node;
import dev.weft.testkit.ScriptedResolver;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What gRPC promises of a channel, beneath the stubs. */
@Timeout(60)
class StreamsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<ServerCall<String, String>> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger received = new AtomicInteger();
    private final Replica server = new Replica((call, headers) -> {
        if (call.getMethodDescriptor().getType().clientSendsOneMessage()
                && call.getMethodDescriptor().getType().serverSendsOneMessage()) {
            return echo(call);
        }
        calls.add(call);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(String message) {
                received.incrementAndGet();
            }
        };
    });
    private final Replica other = new Replica((call, headers) -> echo(call));
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("deadline.total", "50s")
            .resolver(resolver)
            .start();
    private final Channel channel = MeshGrpc.create(mesh).channel("inventory");

    StreamsTest() {
        resolver.serve("inventory", server.address());
    }

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
        other.close();
    }

    private static final class Heard extends ClientCall.Listener<String> {
        final List<String> messages = new CopyOnWriteArrayList<>();
        final CompletableFuture<Metadata> headers = new CompletableFuture<>();
        final CompletableFuture<Status> closed = new CompletableFuture<>();
        final AtomicInteger ready = new AtomicInteger();

        @Override
        public void onHeaders(Metadata received) {
            headers.complete(received);
        }

        @Override
        public void onMessage(String message) {
            messages.add(message);
        }

        @Override
        public void onReady() {
            ready.incrementAndGet();
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            closed.complete(status);
        }

        Status status() throws Exception {
            return closed.get(20, TimeUnit.SECONDS);
        }
    }

    private ServerCall<String, String> accepted() {
        await().atMost(SOON).until(() -> !calls.isEmpty());
        return calls.get(0);
    }

    private int inFlight() {
        return mesh.clusters().values().stream()
                .flatMap(cluster -> cluster.nodes().stream())
                .mapToInt(Node::inFlight)
                .sum();
    }

    private String get(CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, GET, options, "bolts");
    }

    @Test
    void headersComeBeforeTheFirstMessageAndTrailersWithTheStatus() throws Exception {
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(LIST, CallOptions.DEFAULT);
        call.start(heard, metadata("asked", "yes"));
        call.sendMessage("all");
        call.halfClose();

        accepted().sendHeaders(metadata("early", "bird"));

        assertThat(heard.headers.get(20, TimeUnit.SECONDS).keys()).contains("early");
        assertThat(server.header(0, "asked")).isEqualTo("yes");
        accepted().close(Status.OK, new Metadata());
        assertThat(heard.status().isOk()).isTrue();
    }

    @Test
    void noMoreComesThanWasAskedFor() throws Exception {
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(LIST, CallOptions.DEFAULT);
        call.start(heard, new Metadata());
        call.request(1);
        call.request(1);
        call.sendMessage("all");
        call.halfClose();
        ServerCall<String, String> serving = accepted();
        serving.sendHeaders(new Metadata());
        for (int i = 0; i < 10; i++) {
            serving.sendMessage("item " + i);
        }
        serving.close(Status.OK, new Metadata());

        await().atMost(SOON).until(() -> heard.messages.size() >= 2);
        // A whole call over the same connection: what was to come would have come.
        get(CallOptions.DEFAULT);
        assertThat(heard.messages).containsExactly("item 0", "item 1");
        assertThat(heard.closed).isNotDone();

        call.request(8);
        assertThat(heard.status().isOk()).isTrue();
        assertThat(heard.messages).hasSize(10).endsWith("item 9");
    }

    @Test
    void whoAsksForMoreThanAnIntHoldsBeforeThereIsAnAnswerGetsAll() throws Exception {
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(LIST, CallOptions.DEFAULT);
        call.start(heard, new Metadata());
        call.request(1);
        call.request(Integer.MAX_VALUE);
        call.sendMessage("all");
        call.halfClose();
        ServerCall<String, String> serving = accepted();
        serving.sendHeaders(new Metadata());
        for (int i = 0; i < 3; i++) {
            serving.sendMessage("item " + i);
        }
        serving.close(Status.OK, new Metadata());

        assertThat(heard.status().isOk()).isTrue();
        assertThat(heard.messages).hasSize(3);
    }

    @Test
    void whoSendsFasterThanTheServerReadsIsToldToWaitAndWhenToGoOn() throws Exception {
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(COLLECT, CallOptions.DEFAULT);
        call.start(heard, new Metadata());
        await().atMost(SOON).until(() -> call.isReady());
        await().atMost(SOON).until(() -> heard.ready.get() > 0);
        // Counted now: it may be ready again before the server reads, as soon as the connection has taken what there
        // is.
        int readyBefore = heard.ready.get();
        String chunk = "x".repeat(16 * 1024);
        int sent = 0;
        while (call.isReady() && sent < 1000) {
            call.sendMessage(chunk);
            sent++;
        }
        assertThat(sent).isLessThan(1000);

        accepted().request(sent);

        int all = sent;
        await().atMost(SOON).until(() -> received.get() == all && call.isReady());
        await().atMost(SOON).until(() -> heard.ready.get() > readyBefore);
        call.cancel("enough", null);
        assertThat(heard.status().getDescription()).isEqualTo("enough");
        await().atMost(SOON).until(() -> inFlight() == 0);
    }

    @Test
    void cancellingReachesTheServerAndTellsTheCallerInItsOwnWords() throws Exception {
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(TALK, CallOptions.DEFAULT);
        call.start(heard, new Metadata());
        ServerCall<String, String> serving = accepted();
        Exception why = new Exception("why");

        call.cancel("no longer wanted", why);

        assertThat(heard.status().getCode()).isEqualTo(Status.Code.CANCELLED);
        assertThat(heard.status().getDescription()).isEqualTo("no longer wanted");
        assertThat(heard.status().getCause()).isSameAs(why);
        await().atMost(SOON).until(serving::isCancelled);
        await().atMost(SOON).until(() -> inFlight() == 0);
    }

    @Test
    void whatWasNeverSentEndsAtOnceWhenItIsCancelled() throws Exception {
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(GET, CallOptions.DEFAULT);
        call.start(heard, new Metadata());

        call.cancel("changed my mind", null);

        assertThat(heard.status().getDescription()).isEqualTo("changed my mind");
    }

    @Test
    void aCallEndsWithTheContextThatItWasMadeIn() throws Exception {
        Heard heard = new Heard();
        Context.CancellableContext context = Context.current().withCancellation();
        context.run(() -> {
            ClientCall<String, String> call = channel.newCall(TALK, CallOptions.DEFAULT);
            call.start(heard, new Metadata());
        });
        ServerCall<String, String> serving = accepted();

        context.cancel(null);

        assertThat(heard.status().getCode()).isEqualTo(Status.Code.CANCELLED);
        await().atMost(SOON).until(serving::isCancelled);
    }

    @Test
    void theContextsDeadlineIsTheCalls() throws Exception {
        ExecutorServiceScope timer = new ExecutorServiceScope();
        try (timer;
                Context.CancellableContext context =
                        Context.current().withDeadlineAfter(30, TimeUnit.SECONDS, timer.scheduled)) {
            assertThat(context.call(() -> get(CallOptions.DEFAULT))).isEqualTo("echo of bolts");
        }
        assertThat(Long.parseLong(server.header(0, "grpc-timeout").replace("u", "")))
                .isBetween(1L, TimeUnit.SECONDS.toMicros(30));
    }

    private static final class ExecutorServiceScope implements AutoCloseable {
        final java.util.concurrent.ScheduledExecutorService scheduled = Executors.newScheduledThreadPool(1);

        @Override
        public void close() {
            scheduled.shutdownNow();
        }
    }

    @Test
    void aDeadlineThatHasPassedSendsNothing() {
        CallOptions late = CallOptions.DEFAULT.withDeadlineAfter(-1, TimeUnit.SECONDS);

        assertThatThrownBy(() -> get(late))
                .satisfies(failed ->
                        assertThat(Status.fromThrowable(failed).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));

        assertThat(server.asked()).isZero();
    }

    @Test
    void whatTheListenerThrowsEndsTheCall() throws Exception {
        CompletableFuture<Status> closed = new CompletableFuture<>();
        IllegalStateException thrown = new IllegalStateException("bad listener");
        ClientCall<String, String> call = channel.newCall(TALK, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onHeaders(Metadata headers) {
                        throw thrown;
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        closed.complete(status);
                    }
                },
                new Metadata());

        accepted().sendHeaders(new Metadata());

        assertThat(closed.get(20, TimeUnit.SECONDS).getCause()).isSameAs(thrown);
        await().atMost(SOON).until(() -> accepted().isCancelled());
    }

    @Test
    void anExecutorThatTakesNoMoreKeepsNobodyFromHearingTheEnd() throws Exception {
        ExecutorService gone = Executors.newSingleThreadExecutor();
        gone.shutdown();
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(TALK, CallOptions.DEFAULT.withExecutor(gone));
        call.start(heard, new Metadata());

        accepted().close(Status.OK, new Metadata());

        assertThat(heard.status().isOk()).isTrue();
        await().atMost(SOON).until(() -> inFlight() == 0);
    }

    @Test
    void compressionAuthorityAndCredentialsAreTheCalls() {
        CallOptions options = CallOptions.DEFAULT
                .withCompression("gzip")
                .withAuthority("elsewhere.example")
                .withCallCredentials(new CallCredentials() {
                    @Override
                    public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
                        executor.execute(() -> applier.apply(metadata("authorization", "Bearer abc")));
                    }
                });

        assertThat(get(options)).isEqualTo("echo of bolts");
        assertThat(get(CallOptions.DEFAULT)).isEqualTo("echo of bolts");

        assertThat(server.header(0, "grpc-encoding")).isEqualTo("gzip");
        assertThat(server.header(0, "authorization")).isEqualTo("Bearer abc");
        assertThat(server.authorities).containsExactly("elsewhere.example", "inventory");
    }

    @Test
    void anAnswerBeyondTheCallsLimitIsRefusedHere() {
        assertThatThrownBy(() -> get(CallOptions.DEFAULT.withMaxInboundMessageSize(4)))
                .satisfies(failed -> assertThat(Status.fromThrowable(failed).getCode())
                        .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED));

        assertThat(server.asked()).isEqualTo(1);
        assertThat(get(CallOptions.DEFAULT)).isEqualTo("echo of bolts");
    }

    @Test
    void closingTheMeshEndsItsStreamsAndTellsThem() throws Exception {
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(TALK, CallOptions.DEFAULT);
        call.start(heard, new Metadata());
        ServerCall<String, String> serving = accepted();

        mesh.close();

        assertThat(heard.status().getCode()).isEqualTo(Status.Code.CANCELLED);
        await().atMost(SOON).until(serving::isCancelled);
        await().atMost(SOON).until(() -> server.connections.get() == 0);
    }

    @Test
    void aNodeThatLeavesKeepsItsStreamsAndClosesItsConnectionAfterTheLast() throws Exception {
        Heard heard = new Heard();
        ClientCall<String, String> call = channel.newCall(TALK, CallOptions.DEFAULT);
        call.start(heard, new Metadata());
        ServerCall<String, String> serving = accepted();

        resolver.serve("inventory", other.address());
        for (int i = 0; i < 5; i++) {
            get(CallOptions.DEFAULT);
        }
        assertThat(server.asked()).isEqualTo(1);
        assertThat(other.asked()).isEqualTo(5);

        serving.sendHeaders(new Metadata());
        serving.sendMessage("still here");
        call.request(1);
        await().atMost(SOON).until(() -> heard.messages.contains("still here"));
        assertThat(server.connections).hasValue(1);
        serving.close(Status.OK, new Metadata());

        assertThat(heard.status().isOk()).isTrue();
        await().atMost(SOON).until(() -> server.connections.get() == 0);
    }
}
