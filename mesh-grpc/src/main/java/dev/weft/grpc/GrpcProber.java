package dev.weft.grpc;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import io.grpc.Metadata;
import java.util.function.Function;

/** Asks a node by {@code grpc.health.v1.Health}, over its connection. */
final class GrpcProber implements Prober {
    private final Transport transport;
    private final Function<Node, NodeChannel> channels;

    /** @param channels the channel to a node that calls use */
    GrpcProber(Transport transport, Function<Node, NodeChannel> channels) {
        this.transport = transport;
        this.channels = channels;
    }

    @Override
    public Cancellable probe(Node node, Policy policy, Listener listener) {
        HealthWatch watch = new HealthWatch(transport, node, policy, listener);
        // A new channel takes a moment, and the first of all takes long.
        transport.threads().execute(() -> watch.start(channels, new Metadata()));
        return watch;
    }

    @Override
    public Cancellable askLoad(Node node, Policy policy, long timeoutNanos, LoadListener listener) {
        LoadAsk ask = new LoadAsk(transport, node, policy, listener);
        Metadata headers = new Metadata();
        LoadTrailer.ask(headers);
        transport.threads().execute(() -> ask.start(channels, headers));
        return ask;
    }
}
