package dev.weft.grpc;

import dev.weft.balance.BalanceLayer;
import dev.weft.call.Call;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.guard.DeadlineLayer;
import dev.weft.identity.TlsAbility.Way;
import dev.weft.identity.TlsMode;
import dev.weft.policy.Policy;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Sends attempts under one policy. Thread-safe. */
final class GrpcLeaf implements Service<Answer> {
    private final GrpcWire home;
    private final GrpcConfig config;
    private final GrpcConfig inPlainText;
    private final long marginNanos;
    private final boolean asksLoad;

    GrpcLeaf(GrpcWire home, Policy policy) {
        this.home = home;
        this.config = GrpcConfig.of(policy, home.transport().identity());
        this.inPlainText = config.inPlainText();
        this.marginNanos = policy.get(DeadlineLayer.MARGIN).toNanos();
        this.asksLoad = BalanceLayer.asksLoad(policy);
    }

    @Override
    public Reply<Answer> call(Call attempt) {
        Node node = attempt.node();
        if (node == null) {
            throw new IllegalStateException("no node was picked for " + attempt.service());
        }
        Outgoing<?> request = (Outgoing<?>) attempt.request();
        NodeChannel channel = home.channel(node);
        Way way = channel.tls().way(config.tls());
        Promise<Answer> head = new Promise<>();
        Exchange exchange = new Exchange(attempt, request, home, head);
        if (way == Way.TRY_TLS) {
            exchange.orElse(new PlainText(TimeUnit.MILLISECONDS.toNanos(config.connectMillis()), why -> {
                if (!channel.tls().denied(why) || !request.replayable()) {
                    return false;
                }
                Exchange plain = new Exchange(attempt, request, home, head);
                start(plain, attempt, request, channel, false, attempt.time().nanos());
                return true;
            }));
        }
        start(exchange, attempt, request, channel, way != Way.PLAIN, attempt.sentNanos());
        return attempt.pace().settle(attempt, head);
    }

    private void start(
            Exchange exchange, Call attempt, Outgoing<?> request, NodeChannel channel, boolean tls, long nowNanos) {
        Link link;
        try {
            link = channel.link(tls ? config : inPlainText);
        } catch (IOException e) {
            exchange.fail(
                    Verdict.UNSENT,
                    Status.UNAVAILABLE.withDescription(e.getMessage()).withCause(e));
            return;
        } catch (RuntimeException e) {
            // The application's own builder: no node's fault, and no better at another.
            exchange.fail(
                    Verdict.CANCELLED,
                    Status.INTERNAL
                            .withDescription("no channel to " + channel.address() + " of " + attempt.service()
                                    + " can be made: " + e)
                            .withCause(e));
            return;
        }
        if (!tls && config.tls() == TlsMode.PERMISSIVE) {
            home.transport().sentPlaintext(attempt.service(), config);
        }
        Metadata told = home.headers().of(attempt, request, exchange.limits().toldNanos(marginNanos, nowNanos));
        if (asksLoad) {
            LoadTrailer.ask(told);
        }
        exchange.start(link, home.method(request.method), options(attempt, request), told, nowNanos);
    }

    /**
     * A call that is to wait for a connection looks elsewhere first, and waits with a node that it has asked before; at
     * once where its request can be sent but once.
     */
    private static CallOptions options(Call attempt, Outgoing<?> request) {
        Node node = attempt.node();
        boolean waits = request.waitForReady && (request.overflowed() || (node != null && attempt.tried(node)));
        return waits ? request.options.withWaitForReady() : request.options;
    }
}
