package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Prober;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.RequestPart;
import dev.weft.call.Sharing;
import dev.weft.call.Substitute;
import dev.weft.call.Success;
import dev.weft.call.Wire;
import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.time.Lookout;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** HTTP over OkHttp, to the node that was picked. Thread-safe. */
final class HttpWire implements Wire<Response> {
    private static final String LOAD_HEADER = "endpoint-load-metrics";
    /** What is worth another connection. Making it takes as much work as some ten requests, with TLS as a hundred. */
    private static final long CONNECTION_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long TLS_CONNECTION_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

    private final Transport transport;
    private final Outgoing outgoing;
    private final RetryHints hints;
    private final Lookout<Exchange> lookout;
    private final Prober prober;
    private final Function<Node, NodeClient> newClient;
    private final Set<String> multiplexed = ConcurrentHashMap.newKeySet();
    /** Spares most a look into the set. */
    private volatile boolean http2;

    HttpWire(Transport transport, Outgoing outgoing, RetryHints hints) {
        this.transport = transport;
        this.outgoing = outgoing;
        this.hints = hints;
        this.lookout = Lookout.of(transport.time());
        this.newClient = transport::client;
        this.prober = new HttpProber(this, Pace.async(transport.time(), transport.threads()));
    }

    @Override
    public HttpLeaf under(Policy policy) {
        return new HttpLeaf(this, policy);
    }

    @Override
    public Reply<Response> call(Call attempt) {
        return under(attempt.policy()).call(attempt);
    }

    Transport transport() {
        return transport;
    }

    Outgoing outgoing() {
        return outgoing;
    }

    NodeClient client(Node node) {
        return node.resource(this, newClient);
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
    public long leastLateNanos(Call attempt) {
        if (multiplexed(attempt.service())) {
            return 0;
        }
        return request(attempt).isHttps() || transport.identity() ? TLS_CONNECTION_NANOS : CONNECTION_NANOS;
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
        return safe(request(call));
    }

    static boolean safe(Request request) {
        return switch (request.method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    @Override
    public boolean hedgeable(Call call) {
        return safe(call) || request(call).header("Idempotency-Key") != null;
    }

    @Override
    public boolean idempotent(Call call) {
        return switch (request(call).method()) {
            case "PUT", "DELETE" -> true;
            default -> hedgeable(call);
        };
    }

    @Override
    public Pushback pushback(Call attempt, Outcome<Response> outcome) {
        return outcome instanceof Success<Response> success ? hints.of(success.value()) : Pushback.NONE;
    }

    @Override
    public @Nullable String read(Call call, RequestPart part, String name) {
        return part == RequestPart.CALLER ? transport.caller() : RequestParts.read(request(call), part, name);
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
    public @Nullable Sharing<Response> sharing() {
        return transport.seesAll() ? new HttpSharing(transport.threads()) : null;
    }

    @Override
    public @Nullable Substitute<Response> fixedAnswer(Policy policy) {
        return FixedResponse.of(policy);
    }

    @Override
    public @Nullable LoadSignal loadSignal(Call attempt) {
        return attempt.outcome() instanceof Success<?> success && success.value() instanceof Response response
                ? LoadSignal.parse(response.header(LoadSignal.HEADER))
                : null;
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
}
