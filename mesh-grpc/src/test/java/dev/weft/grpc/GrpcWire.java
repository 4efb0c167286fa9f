package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A thin gRPC leaf: a channel for each node, plaintext, every retry left to the stack. */
final class GrpcWire implements Wire<Exchange> {
    /** The thread that started each attempt, in order. */
    final List<Thread> startedOn = new CopyOnWriteArrayList<>();
    /** The node of each attempt, in order. */
    final List<Node> asked = new CopyOnWriteArrayList<>();

    @Override
    public Reply<Exchange> call(Call attempt) {
        Outgoing request = (Outgoing) attempt.request();
        Node node = attempt.node();
        if (node == null) {
            throw new IllegalStateException("no node was picked");
        }
        startedOn.add(Thread.currentThread());
        asked.add(node);
        Seen seen = new Seen();
        ClientCall<String, String> stream =
                node.resource(this, GrpcWire::connect).channel.newCall(request.method, options(attempt, request, seen));
        Exchange exchange = new Exchange(attempt, stream, seen);
        Metadata headers = new Metadata();
        headers.merge(request.headers);
        stream.start(exchange, headers);
        attempt.onCancel(exchange::cut);
        request.sendOver(stream);
        stream.request(1);
        return attempt.pace().settle(attempt, exchange.head());
    }

    private static CallOptions options(Call attempt, Outgoing request, Seen seen) {
        CallOptions options = request.options.withStreamTracerFactory(seen);
        if (attempt.pace().isBlocking()) {
            // The caller is parked: what comes only wakes it, which any thread may do.
            options = options.withExecutor(Runnable::run);
        }
        return attempt.hasDeadline()
                ? options.withDeadlineAfter(
                        attempt.remainingNanos(attempt.time().nanos()), TimeUnit.NANOSECONDS)
                : options;
    }

    private static Connection connect(Node node) {
        return new Connection(Grpc.newChannelBuilder(node.address(), InsecureChannelCredentials.create())
                .disableRetry()
                .build());
    }

    private record Connection(ManagedChannel channel) implements AutoCloseable {
        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    @Override
    public String protocol() {
        return "grpc";
    }

    @Override
    public boolean replayable(Call call) {
        return ((Outgoing) call.request()).method.getType().clientSendsOneMessage();
    }

    @Override
    public boolean idempotent(Call call) {
        return ((Outgoing) call.request()).method.isIdempotent();
    }

    @Override
    public Pushback pushback(Call attempt, Outcome<Exchange> outcome) {
        return Pushback.NONE;
    }

    @Override
    public boolean multiplexed(String service) {
        return true;
    }

    @Override
    public void discard(Exchange response) {
        response.cut();
    }
}
