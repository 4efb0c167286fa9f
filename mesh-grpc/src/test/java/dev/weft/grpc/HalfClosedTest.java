package dev.weft.grpc;

import static dev.weft.grpc.Replica.COLLECT;
import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.TALK;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of which one side has ended and the other has not. */
@Timeout(60)
class HalfClosedTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<ServerCall<String, String>> calls = new CopyOnWriteArrayList<>();
    private final AtomicBoolean halfClosed = new AtomicBoolean();
    private final Replica server = new Replica((call, headers) -> {
        if (call.getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY) {
            return echo(call);
        }
        calls.add(call);
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                halfClosed.set(true);
            }
        };
    });
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("deadline.total", "40s")
            .resolver(StaticResolver.empty().with("inventory", server.address()))
            .start();
    private final Channel channel = MeshGrpc.create(mesh).channel("inventory");
    private final Collected<String> heard = new Collected<>();

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
    }

    private ServerCall<String, String> accepted() {
        await().atMost(SOON).until(() -> !calls.isEmpty());
        return calls.get(0);
    }

    private StreamObserver<String> talk(CallOptions options) {
        return ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, options), heard.observer());
    }

    /** Nothing is left of it at either end, and its connection is as good as before. */
    private void nothingIsLeft() {
        await().atMost(SOON)
                .until(() -> mesh.clusters().values().stream()
                                .flatMap(cluster -> cluster.nodes().stream())
                                .mapToInt(Node::inFlight)
                                .sum()
                        == 0);
        await().atMost(SOON).until(() -> server.streams.get() == 0);
        assertThat(ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts"))
                .isEqualTo("echo of bolts");
        assertThat(server.opened).hasValue(1);
    }

    @Test
    void aServerGoesOnWhenItsCallerHasSaidAll() throws Exception {
        talk(CallOptions.DEFAULT).onCompleted();
        ServerCall<String, String> call = accepted();
        await().atMost(SOON).untilTrue(halfClosed);

        call.sendHeaders(new Metadata());
        call.sendMessage("one");
        call.sendMessage("two");
        await().atMost(SOON).until(() -> heard.messages.size() == 2);
        call.close(Status.OK, new Metadata());

        assertThat(heard.all()).containsExactly("one", "two");
        nothingIsLeft();
    }

    @Test
    void aServerMayAnswerBeforeAllIsSaidAndWhatIsSaidThenIsDropped() throws Exception {
        StreamObserver<String> words =
                ClientCalls.asyncClientStreamingCall(channel.newCall(COLLECT, CallOptions.DEFAULT), heard.observer());
        words.onNext("one");
        ServerCall<String, String> call = accepted();

        call.sendHeaders(new Metadata());
        call.sendMessage("enough");
        call.close(Status.OK, new Metadata());

        assertThat(heard.all()).containsExactly("enough");
        for (int i = 0; i < 1000; i++) {
            words.onNext("x".repeat(10_000));
        }
        words.onCompleted();
        nothingIsLeft();
    }

    @Test
    void aServerThatFailsBeforeAllIsSaidEndsTheCall() {
        StreamObserver<String> words = talk(CallOptions.DEFAULT);
        words.onNext("one");

        accepted().close(Status.FAILED_PRECONDITION.withDescription("closed today"), new Metadata());

        assertThatThrownBy(heard::all)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("FAILED_PRECONDITION: closed today");
        words.onNext("two");
        nothingIsLeft();
    }

    @Test
    void aServerThatIsSilentWhenAllIsSaidIsGivenUpAtTheDeadline() {
        talk(CallOptions.DEFAULT.withDeadlineAfter(Duration.ofMillis(500))).onCompleted();
        ServerCall<String, String> call = accepted();

        assertThatThrownBy(heard::all).hasMessageContaining("DEADLINE_EXCEEDED");
        await().atMost(SOON).until(call::isCancelled);
        nothingIsLeft();
    }

    @Test
    void aCallerWhoNeverSaysAllIsGivenUpAtTheDeadline() {
        talk(CallOptions.DEFAULT.withDeadlineAfter(Duration.ofMillis(500))).onNext("one");
        ServerCall<String, String> call = accepted();

        assertThatThrownBy(heard::all).hasMessageContaining("DEADLINE_EXCEEDED");
        await().atMost(SOON).until(call::isCancelled);
        assertThat(halfClosed).isFalse();
        nothingIsLeft();
    }
}
