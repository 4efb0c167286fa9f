package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static dev.weft.grpc.Replica.end;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.call.TimeoutHeader;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerInterceptor;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From one service through another to a third: deadline, trace, baggage, and the word not to try again. */
@Timeout(60)
@SuppressWarnings("try") // scopes are there to be closed
class ServerContextTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private Mesh mesh(String service, Replica replica) {
        Mesh mesh = Mesh.builder()
                .drain(Duration.ZERO)
                .set("deadline.total", "40s")
                .set("retry.backoff.base", "1ms")
                .resolver(StaticResolver.empty().with(service, replica.address()))
                .start();
        open.add(mesh);
        return mesh;
    }

    private Replica replica(ServerCallHandler<String, String> handler) {
        Replica replica = new Replica(handler);
        open.add(replica);
        return replica;
    }

    /** A service whose every call calls {@code next} on whichever thread handles it. */
    private Replica through(Mesh mesh, Channel next) {
        Replica replica = new Replica(MeshServerInterceptor.of(mesh), (call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onHalfClose() {
                    try {
                        String answer = get(next);
                        call.sendHeaders(new Metadata());
                        call.sendMessage(answer);
                        call.close(Status.OK, new Metadata());
                    } catch (StatusRuntimeException e) {
                        call.close(e.getStatus(), new Metadata());
                    }
                }
            };
        });
        open.add(replica);
        return replica;
    }

    private static String get(Channel channel) {
        return ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts");
    }

    @Test
    void deadlineTraceAndBaggageGoOnToTheNextService() {
        Replica last = replica((call, headers) -> echo(call));
        Mesh middle = mesh("pricing", last);
        Replica first = through(middle, MeshGrpc.create(middle).channel("pricing"));
        Channel channel = MeshGrpc.create(mesh("inventory", first)).channel("inventory");
        SpanContext caller = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        Context context = Context.root()
                .with(Span.wrap(caller))
                .with(Baggage.builder().put("tenant", "blue").build());

        try (Scope scope = context.makeCurrent()) {
            assertThat(get(channel)).isEqualTo("echo of bolts");
        }

        assertThat(last.header(0, "traceparent")).contains("0af7651916cd43dd8448eb211c80319c");
        assertThat(last.header(0, "baggage")).isEqualTo("tenant=blue");
        assertThat(TimeoutHeader.parse(last.header(0, "grpc-timeout")))
                .isPositive()
                .isLessThan(TimeoutHeader.parse(first.header(0, "grpc-timeout")));
    }

    @Test
    void whoTriedAgainInVainTellsItsCallerNotTo() {
        Replica last =
                replica((call, headers) -> end(call, Status.UNAVAILABLE.withDescription("still not"), new Metadata()));
        Mesh middle = mesh("pricing", last);
        Replica first = through(middle, MeshGrpc.create(middle).channel("pricing"));
        Channel channel = MeshGrpc.create(mesh("inventory", first)).channel("inventory");

        assertThatThrownBy(() -> get(channel)).hasMessageContaining("still not");

        assertThat(last.asked()).isEqualTo(3);
        assertThat(first.asked()).isEqualTo(1);
    }

    @Test
    void aCallThatComesTooLateIsRefused() {
        AtomicInteger handled = new AtomicInteger();
        Mesh mesh = mesh("none", replica((call, headers) -> echo(call)));
        List<Status> closed = new ArrayList<>();
        ServerCall<String, String> call = new ServerCall<>() {
            @Override
            public void request(int messages) {}

            @Override
            public void sendHeaders(Metadata headers) {}

            @Override
            public void sendMessage(String message) {}

            @Override
            public void close(Status status, Metadata trailers) {
                closed.add(status);
                assertThat(trailers.get(Pushbacks.KEY)).isEqualTo("-1");
            }

            @Override
            public boolean isCancelled() {
                return false;
            }

            @Override
            public io.grpc.MethodDescriptor<String, String> getMethodDescriptor() {
                return GET;
            }
        };

        MeshServerInterceptor.of(mesh)
                .interceptCall(call, Replica.metadata("grpc-timeout", "0n"), (served, headers) -> {
                    handled.incrementAndGet();
                    return new ServerCall.Listener<>() {};
                });

        assertThat(handled).hasValue(0);
        assertThat(closed)
                .singleElement()
                .satisfies(status -> assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    }
}
