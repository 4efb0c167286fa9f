package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Prober;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.RequestPart;
import dev.weft.call.Success;
import dev.weft.call.Wire;
import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.Node;
import dev.weft.guard.DeadlineLayer;
import dev.weft.identity.TlsMode;
import dev.weft.policy.Policy;
import dev.weft.time.Lookout;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import okhttp3.EventListener;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The leaf that sends over OkHttp, to the node that was picked. Thread-safe. */
final class HttpWire implements Wire<Response> {
    /** Of an endpoint, where policy is permissive: whether it does TLS. */
    private static final String TLS_METADATA = "tls";

    private static final String LOAD_HEADER = "endpoint-load-metrics";

    private final Transport transport;
    private final Outgoing outgoing;
    private final RetryHints hints;
    private final Lookout<Exchange> lookout;
    private final Prober prober;
    private final Function<Node, NodeClient> newClient;
    private final Set<String> multiplexed = ConcurrentHashMap.newKeySet();
    /** Spares most a look into the set. */
    private volatile boolean http2;

    /** For the policy seen last: nearly always that of the next call as well. */
    private volatile Fitted fitted;

    HttpWire(Transport transport, Outgoing outgoing, RetryHints hints) {
        this.transport = transport;
        this.outgoing = outgoing;
        this.hints = hints;
        this.lookout = Lookout.of(transport.time());
        this.newClient = transport::client;
        this.prober = new HttpProber(this, Pace.async(transport.time(), transport.threads()));
        this.fitted = fit(Policy.builtIn(""));
    }

    @Override
    public Reply<Response> call(Call attempt) {
        Node node = attempt.node();
        if (node == null) {
            throw new IllegalStateException("no node was picked for " + attempt.service());
        }
        Fitted to = fitted(attempt.policy());
        NodeClient client = node.resource(this, newClient);
        if (to.config.tls() == TlsMode.PERMISSIVE && !request(attempt).isHttps()) {
            return permissive(attempt, node, client, to);
        }
        return exchange(attempt, node, client, to, to.config.tls() != TlsMode.OFF)
                .send();
    }

    /** By what discovery says of the node, or else by trying TLS first. */
    private Reply<Response> permissive(Call attempt, Node node, NodeClient client, Fitted to) {
        String told = node.endpoint().metadata().get(TLS_METADATA);
        if ("true".equals(told)) {
            return exchange(attempt, node, client, to, true).send();
        }
        if ("false".equals(told) || client.plain() || !transport.identityUsable()) {
            return exchange(attempt, node, client, to, false).send();
        }
        Exchange tls = exchange(attempt, node, client, to, true);
        tls.orElse(new Exchange.Fallback(TimeUnit.MILLISECONDS.toNanos(to.config.connectMillis()), why -> {
            client.cannotTls(why);
            long now = attempt.time().nanos();
            return exchange(attempt, node, client, to, false, now).send();
        }));
        return tls.send();
    }

    private Exchange exchange(Call attempt, Node node, NodeClient client, Fitted to, boolean tls) {
        return exchange(attempt, node, client, to, tls, attempt.sentNanos());
    }

    private Exchange exchange(Call attempt, Node node, NodeClient client, Fitted to, boolean tls, long nowNanos) {
        Request request = outgoing.request(attempt, nowNanos, tls, to.marginNanos);
        Connections connections = client.connections(to.config);
        if (to.config.tls() == TlsMode.PERMISSIVE && !request.isHttps()) {
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

    /** What a failure of TLS, or one that may be one, means: who refused whom, and why as far as this side can know. */
    IOException explained(Call attempt, Node node, IOException thrown) {
        return new SSLException(
                node.address() + ": " + transport.explain(attempt.service(), fitted(attempt.policy()).config, thrown),
                thrown);
    }

    private Fitted fitted(Policy policy) {
        Fitted seen = fitted;
        if (seen.policy != policy) {
            seen = fit(policy);
            fitted = seen;
        }
        return seen;
    }

    private Fitted fit(Policy policy) {
        return new Fitted(
                policy,
                HttpConfig.of(policy, transport.identity()),
                policy.get(DeadlineLayer.MARGIN).toNanos());
    }

    /** On a thread that nothing waits for. */
    void elsewhere(Runnable task) {
        Threads.run(transport.threads(), task);
    }

    Lookout<Exchange> lookout() {
        return lookout;
    }

    /** What an answer tells of the service's connections. */
    void spoken(String service, Protocol protocol) {
        if (protocol != Protocol.HTTP_1_1 && protocol != Protocol.HTTP_1_0) {
            http2 = true;
            multiplexed.add(service);
        }
    }

    @Override
    public boolean multiplexed(String service) {
        return http2 && multiplexed.contains(service);
    }

    @Override
    public String protocol() {
        return "http";
    }

    @Override
    public boolean replayable(Call call) {
        RequestBody body = request(call).body();
        return body == null || (!body.isOneShot() && !body.isDuplex());
    }

    @Override
    public boolean safe(Call call) {
        return switch (request(call).method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    @Override
    public boolean idempotent(Call call) {
        return switch (request(call).method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> request(call).header("Idempotency-Key") != null;
        };
    }

    @Override
    public Pushback pushback(Call attempt, Outcome<Response> outcome) {
        return outcome instanceof Success<Response> success ? hints.of(success.value()) : Pushback.NONE;
    }

    @Override
    public @Nullable String read(Call call, RequestPart part, String name) {
        return RequestParts.read(request(call), part, name);
    }

    @Override
    public @Nullable LoadReport loadReport(Call attempt) {
        if (attempt.outcome() instanceof Success<?> success && success.value() instanceof Response response) {
            String said = response.header(LOAD_HEADER);
            return said == null ? null : LoadReport.ofHeader(said);
        }
        return null;
    }

    @Override
    public Prober prober() {
        return prober;
    }

    @Override
    public void discard(Response response) {
        if (response.body().contentLength() == 0) {
            response.close();
            return;
        }
        // Closing reads on for up to 100 ms, to save the connection: nobody's call waits for that.
        elsewhere(response::close);
    }

    /** A response made by {@code newBuilder()}, whatever was done to its body, remembers what came over the network. */
    @Override
    @SuppressWarnings("ReferenceEquality") // which one it is
    public boolean carries(Response given, Response answer) {
        return given == answer
                || given.body() == answer.body()
                || (given.networkResponse() != null && given.networkResponse() == answer.networkResponse());
    }

    @Override
    public String operation(Call call) {
        return HttpWords.method(request(call));
    }

    @Override
    public void describeRequest(Call call, SpanBuilder span) {
        HttpWords.describe(request(call), span);
    }

    @Override
    public void describeAnswer(Call attempt, Span span) {
        if (attempt.outcome() instanceof Success<?> success && success.value() instanceof Response response) {
            HttpWords.describe(response, span);
        }
    }

    private static Request request(Call call) {
        return (Request) call.request();
    }

    @Override
    public void close() {
        lookout.visit(Exchange::cancel);
        transport.close();
    }

    /** What a policy means here. */
    private record Fitted(Policy policy, HttpConfig config, long marginNanos) {}
}
