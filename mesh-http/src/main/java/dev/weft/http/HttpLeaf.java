package dev.weft.http;

import dev.weft.balance.BalanceLayer;
import dev.weft.call.Call;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.guard.DeadlineLayer;
import dev.weft.identity.TlsAbility.Way;
import dev.weft.identity.TlsMode;
import dev.weft.policy.Policy;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import okhttp3.EventListener;
import okhttp3.Request;
import okhttp3.Response;

/** Sends attempts under one policy. Thread-safe. */
final class HttpLeaf implements Service<Response> {
    private final HttpWire home;
    private final HttpConfig config;
    private final long marginNanos;
    private final boolean asksLoad;

    HttpLeaf(HttpWire home, Policy policy) {
        this.home = home;
        this.config = HttpConfig.of(policy, home.transport().identity());
        this.marginNanos = policy.get(DeadlineLayer.MARGIN).toNanos();
        this.asksLoad = BalanceLayer.asksLoad(policy);
    }

    @Override
    public Reply<Response> call(Call attempt) {
        Node node = attempt.node();
        if (node == null) {
            throw new IllegalStateException("no node was picked for " + attempt.service());
        }
        NodeClient client = home.client(node);
        long now = attempt.sentNanos();
        // A URL of https never goes out in plain text.
        boolean https = ((Request) attempt.request()).isHttps();
        Way way = https ? Way.TLS : client.tls().way(config.tls());
        Exchange exchange = exchange(attempt, node, client, way != Way.PLAIN, now);
        if (way == Way.TRY_TLS) {
            exchange.orElse(new Exchange.Fallback(
                    TimeUnit.MILLISECONDS.toNanos(config.connectMillis()),
                    why -> client.tls().denied(why)
                            ? exchange(
                                            attempt,
                                            node,
                                            client,
                                            false,
                                            attempt.time().nanos())
                                    .send()
                            : null));
        }
        return exchange.send();
    }

    private Exchange exchange(Call attempt, Node node, NodeClient client, boolean tls, long nowNanos) {
        Request request = home.outgoing().request(attempt, nowNanos, tls, marginNanos);
        if (asksLoad) {
            request = request.newBuilder()
                    .header(LoadSignal.HEADER, LoadSignal.ASK)
                    .build();
        }
        Connections connections = client.connections(config);
        if (attempt.endedBefore(Verdict.LOST)) {
            // Servers often go together, and a connection that was kept tells it only by losing this one as well.
            connections.pool().evictAll();
        }
        if (config.tls() == TlsMode.PERMISSIVE && !request.isHttps()) {
            connections.sentPlaintext();
        }
        okhttp3.Call wire =
                connections.client(request.isHttps(), attempt.hasDeadline()).newCall(request);
        EventListener listener = request.tag(EventListener.class);
        if (listener != null) {
            wire.addEventListener(listener);
        }
        return new Exchange(attempt, node, wire, this);
    }

    HttpWire home() {
        return home;
    }

    /** What a failure of TLS, or one that may be one, means: who refused whom, and why as far as this side can know. */
    IOException explained(Call attempt, Node node, IOException thrown) {
        return new SSLException(
                node.address() + ": " + home.transport().explain(attempt.service(), config, thrown), thrown);
    }
}
