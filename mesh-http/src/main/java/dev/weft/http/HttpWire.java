package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;
import dev.weft.observe.Propagation;
import dev.weft.policy.Policy;
import dev.weft.time.Lookout;
import dev.weft.time.Time;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** The leaf that sends over OkHttp, to the node that was picked. Thread-safe. */
final class HttpWire implements Wire<Response>, AutoCloseable {
    private static final int MAX_IDLE = 1024;
    private static final long KEEP_ALIVE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final OkHttpClient base;
    private final Lookout lookout;
    private final Housekeeping housekeeping;
    private final ExecutorService threads;
    private final Outgoing outgoing;
    private final RetryHints hints;
    private final Function<Node, NodeClient> connect = this::connect;
    private volatile Fitted fitted = Fitted.to(Policy.builtIn(""));

    /**
     * @param base whose interceptors, TLS and time-outs are kept; nothing of it is shared or changed
     * @param random thread-safe
     */
    HttpWire(OkHttpClient base, Time time, RandomGenerator random, Propagation propagation) {
        this.base = base.newBuilder()
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                // One address is the rule; several are tried in turn, on the thread that is here already.
                .fastFallback(false)
                .callTimeout(0, TimeUnit.MILLISECONDS)
                .proxy(java.net.Proxy.NO_PROXY)
                .addNetworkInterceptor(KeepsRetryAfter.INSTANCE)
                .build();
        this.lookout = new Lookout(time);
        this.housekeeping = new Housekeeping(time);
        this.threads = Threads.perCall("weft-http");
        this.outgoing = new Outgoing(propagation);
        this.hints = new RetryHints(time, random);
    }

    @Override
    public Reply<Response> call(Call attempt) {
        Node node = attempt.node();
        if (node == null) {
            throw new IllegalStateException("no node was picked for " + attempt.service());
        }
        Request request = outgoing.request(attempt);
        OkHttpClient client =
                node.resource(this, connect).client(config(attempt.policy()), request.isHttps(), attempt.hasDeadline());
        return new Exchange(attempt, node, client.newCall(request), lookout).send();
    }

    private NodeClient connect(Node node) {
        return new NodeClient(base, node, housekeeping.pool(MAX_IDLE, KEEP_ALIVE_NANOS), threads);
    }

    private HttpConfig config(Policy policy) {
        Fitted seen = fitted;
        if (seen.policy != policy) {
            seen = Fitted.to(policy);
            fitted = seen;
        }
        return seen.config;
    }

    /** The connections of a node, made if there are none. */
    NodeClient clientOf(Node node) {
        return node.resource(this, connect);
    }

    /** Exchanges that are not over: heads awaited and bodies open. */
    int open() {
        return lookout.watched();
    }

    ExecutorService threads() {
        return threads;
    }

    @Override
    public String protocol() {
        return "http";
    }

    @Override
    public boolean replayable(Call call) {
        RequestBody body = ((Request) call.request()).body();
        return body == null || (!body.isOneShot() && !body.isDuplex());
    }

    @Override
    public boolean idempotent(Call call) {
        Request request = (Request) call.request();
        return switch (request.method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> request.header("Idempotency-Key") != null;
        };
    }

    @Override
    public Pushback pushback(Call attempt, Outcome<Response> outcome) {
        return outcome instanceof Success<Response> success ? hints.of(success.value()) : Pushback.NONE;
    }

    @Override
    public void discard(Response response) {
        response.close();
    }

    /** Ends the threads; nodes close their connections themselves. */
    @Override
    public void close() {
        housekeeping.close();
        threads.shutdown();
    }

    private record Fitted(Policy policy, HttpConfig config) {
        static Fitted to(Policy policy) {
            return new Fitted(policy, HttpConfig.of(policy));
        }
    }
}
