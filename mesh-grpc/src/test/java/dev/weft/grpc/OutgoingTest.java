package dev.weft.grpc;

import static dev.weft.grpc.Replica.COLLECT;
import static dev.weft.grpc.Replica.GET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.KnownLength;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
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

    private String get(InputStream message) {
        MethodDescriptor.Marshaller<InputStream> asItIs = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(InputStream value) {
                return value;
            }

            @Override
            public InputStream parse(InputStream stream) {
                return stream;
            }
        };
        MethodDescriptor<InputStream, String> method =
                GET.toBuilder(asItIs, GET.getResponseMarshaller()).build();
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, message);
    }

    /** What a proxy hands on, say. */
    private static final class OneShot extends ByteArrayInputStream implements KnownLength {
        private boolean closed;

        OneShot(byte[] bytes) {
            super(bytes);
        }

        @Override
        public int read(byte[] into, int from, int length) {
            return closed ? -1 : super.read(into, from, length);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void aMessageThatCanBeReadButOnceGoesOutWhole() {
        assertThat(get(new OneShot(new byte[9]))).isEqualTo("got 9");
    }

    @Test
    void aMessageOfUnknownLengthThatCanBeReadButOnceGoesOutWholeAndAgain() {
        stillborn.set(1);

        assertThat(get(new BufferedInputStream(new ByteArrayInputStream(new byte[9]))))
                .isEqualTo("got 9");
        assertThat(attempts.made).hasSize(2);
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
