package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.guard.DeadlineLayer;
import dev.weft.policy.Policy;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;

/** Sends attempts under one policy. Thread-safe. */
final class GrpcLeaf implements Service<Exchange> {
    private final GrpcWire home;
    private final GrpcConfig config;
    private final long marginNanos;

    GrpcLeaf(GrpcWire home, Policy policy) {
        this.home = home;
        this.config = GrpcConfig.of(policy, home.transport().identity());
        this.marginNanos = policy.get(DeadlineLayer.MARGIN).toNanos();
    }

    @Override
    public Reply<Exchange> call(Call attempt) {
        Node node = attempt.node();
        if (node == null) {
            throw new IllegalStateException("no node was picked for " + attempt.service());
        }
        Outgoing<?> request = (Outgoing<?>) attempt.request();
        Exchange exchange = new Exchange(attempt, request, home);
        ManagedChannel channel;
        try {
            NodeChannel connected = home.channel(node);
            Link link = connected.link(connected.fitting(config));
            exchange.to(link);
            channel = link.channel();
        } catch (IOException e) {
            exchange.fail(
                    Verdict.UNSENT,
                    Status.UNAVAILABLE.withDescription(e.getMessage()).withCause(e));
            return attempt.pace().settle(attempt, exchange.head());
        }
        Metadata told = home.headers().of(attempt, request, exchange.limits().toldNanos(marginNanos));
        exchange.start(channel, home.method(request.method), options(attempt, node, request), told);
        return attempt.pace().settle(attempt, exchange.head());
    }

    /**
     * A call that is to wait for a connection looks elsewhere first, and waits with a node that it has asked before; at
     * once where its request can be sent but once.
     */
    private static CallOptions options(Call attempt, Node node, Outgoing<?> request) {
        boolean waits = request.waitForReady && (attempt.tried(node) || request.overflowed());
        return waits ? request.options.withWaitForReady() : request.options;
    }
}
