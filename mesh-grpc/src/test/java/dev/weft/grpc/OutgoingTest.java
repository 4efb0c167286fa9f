package dev.weft.grpc;

import static dev.weft.grpc.Replica.COLLECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept of a request, how long, and that all of it goes out. */
@Timeout(60)
class OutgoingTest {
    private static final String CHUNK = "x".repeat(600 * 1024);

    /** How many attempts end within their own start. */
    private final AtomicInteger stillborn = new AtomicInteger();

    private final Attempts attempts = new Attempts();
    private final AtomicInteger bytes = new AtomicInteger();
    private final Replica server = new Replica((call, headers) -> {
        call.request(100);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(String message) {
                bytes.addAndGet(message.length());
            }

            @Override
            public void onHalfClose() {
                call.sendHeaders(new Metadata());
                call.sendMessage("got " + bytes);
                call.close(Status.OK, new Metadata());
            }
        };
    });
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("deadline.total", "20s")
            .set("retry.backoff.base", "1s")
            .set("retry.backoff.cap", "1s")
            .set("ejection.mode", "off")
            .stack(stack -> stack.before(Slot.WIRE, attempts))
            .resolver(StaticResolver.empty().with("inventory", server.address()))
            .start();
    private final Channel channel =
            MeshGrpc.create(mesh, builder -> builder.intercept(new Stillborn())).channel("inventory");

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
    }

    /** As a channel does that cannot connect, and one that is shut down. */
    private final class Stillborn implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    if (stillborn.getAndDecrement() > 0) {
                        listener.onClose(Status.UNAVAILABLE.withDescription("stillborn"), new Metadata());
                    } else {
                        super.start(listener, headers);
                    }
                }
            };
        }
    }

    private static final class Heard extends ClientCall.Listener<String> {
        final CompletableFuture<String> answer = new CompletableFuture<>();
        final CompletableFuture<Status> closed = new CompletableFuture<>();

        @Override
        public void onMessage(String message) {
            answer.complete(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            closed.complete(status);
        }
    }

    private ClientCall<String, String> collect(Heard heard) {
        ClientCall<String, String> call = channel.newCall(COLLECT, CallOptions.DEFAULT);
        call.start(heard, new Metadata());
        call.request(2);
        return call;
    }

    /** The third comes after a pause, in which more is sent than is kept for a further one. */
    @Test
    void attemptsThatEndedBeforeTheyBeganTakeNothingFromTheNext() throws Exception {
        stillborn.set(2);
        Heard heard = new Heard();
        ClientCall<String, String> call = collect(heard);
        for (int i = 0; i < 3; i++) {
            call.sendMessage(CHUNK);
        }
        call.halfClose();

        assertThat(heard.closed.get(20, TimeUnit.SECONDS)).returns(true, Status::isOk);
        assertThat(heard.answer).isCompletedWithValue("got " + 3 * CHUNK.length());
    }

    @Test
    void nothingIsKeptOfWhatIsSentAfterTheEnd() throws Exception {
        stillborn.set(100);
        Heard heard = new Heard();
        ClientCall<String, String> call = collect(heard);
        assertThat(heard.closed.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.UNAVAILABLE);

        for (int i = 0; i < 3; i++) {
            call.sendMessage(CHUNK);
        }

        Outgoing<?> request = (Outgoing<?>) attempts.last().request();
        assertThat(request.replayable()).isFalse();
        assertThat(request.overflowed()).isFalse();
    }
}
