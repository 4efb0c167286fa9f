package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.LIST;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call is told its end whatever becomes of it, and leaves nothing behind. */
@Timeout(60)
class CallLifeTest {
    private final Replica server = new Replica((call, headers) -> echo(call));
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("deadline.total", "50s")
            .resolver(StaticResolver.empty().with("inventory", server.address()))
            .start();
    private final Channel channel = MeshGrpc.create(mesh).channel("inventory");
    private final CompletableFuture<Status> closed = new CompletableFuture<>();

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
    }

    private ClientCall.Listener<String> untilClosed() {
        return new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                closed.complete(status);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRequestThatIsNeverCompleteEndsAtItsDeadline(boolean unary) throws Exception {
        MethodDescriptor<String, String> method = unary ? GET : LIST;
        ClientCall<String, String> call =
                channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(200, TimeUnit.MILLISECONDS));

        call.start(untilClosed(), new Metadata());
        call.sendMessage("bolts");

        Status status = closed.get(10, TimeUnit.SECONDS);
        assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(status.getDescription()).startsWith("CallOptions deadline exceeded after 0.");
        assertThat(server.asked()).isZero();
    }

    /** The clock of its deadline is looked at while it starts. */
    private static Deadline whoseClock(Runnable then) {
        Deadline.Ticker ticker = new Deadline.Ticker() {
            @Override
            public long nanoTime() {
                then.run();
                return System.nanoTime();
            }
        };
        return Deadline.after(30, TimeUnit.SECONDS, ticker);
    }

    private WeakReference<?> givenUpWhileItStarts() {
        AtomicBoolean starting = new AtomicBoolean();
        CompletableFuture<ClientCall<String, String>> given = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT.withExecutor(Runnable::run).withDeadline(whoseClock(() -> {
            if (starting.compareAndSet(true, false)) {
                given.join().cancel("enough", null);
            }
        }));
        ClientCall<String, String> call = channel.newCall(GET, options);
        given.complete(call);
        starting.set(true);
        call.start(untilClosed(), new Metadata());
        return new WeakReference<>(call);
    }

    @Test
    void aCallThatIsGivenUpWhileItStartsLeavesNothingInTheContextItIsMadeIn() throws Exception {
        try (Context.CancellableContext longLived = Context.current().withCancellation()) {
            WeakReference<?> call = longLived.call(this::givenUpWhileItStarts);

            assertThat(closed.get(10, TimeUnit.SECONDS).getDescription()).isEqualTo("enough");
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                System.gc();
                return call.get() == null;
            });
            assertThat(longLived.isCancelled()).isFalse();
        }
    }

    @Test
    void anExecutorThatIsBrokenDoesNotKeepTheEndFromIt() throws Exception {
        Executor broken = task -> {
            throw new IllegalStateException("no threads");
        };

        assertThat(ClientCalls.futureUnaryCall(channel.newCall(GET, CallOptions.DEFAULT.withExecutor(broken)), "bolts")
                        .get(10, TimeUnit.SECONDS))
                .isEqualTo("echo of bolts");
    }
}
