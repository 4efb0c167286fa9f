package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Prober;
import dev.weft.call.Success;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.health.HealthLayer;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Asks a node by a GET, sent as any attempt is: over its connections, by its TLS, within a deadline. 200 is well. */
final class HttpProber implements Prober {
    private static final int WELL = 200;
    private static final int FAULT = 500;

    private final HttpWire wire;
    private final Pace pace;

    HttpProber(HttpWire wire, Pace pace) {
        this.wire = wire;
        this.pace = pace;
    }

    @Override
    public Cancellable probe(Node node, Policy policy, Listener listener) {
        Call attempt = attempt(
                node,
                policy,
                policy.get(HealthLayer.PATH),
                policy.get(HealthLayer.TIMEOUT).toNanos());
        wire.call(attempt).onDone(attempt, (asked, outcome) -> {
            asked.discard(wire);
            listener.ended(trouble(outcome));
        });
        return attempt.logical();
    }

    /** Whoever makes a call does not wait until this is on its way. */
    @Override
    public Cancellable askLoad(Node node, Policy policy, long timeoutNanos, LoadListener listener) {
        Call attempt = attempt(node, policy, LoadSignal.PATH, timeoutNanos);
        wire.elsewhere(() -> wire.call(attempt).onDone(attempt, (asked, outcome) -> {
            LoadSignal told = wire.loadSignal(asked);
            asked.discard(wire);
            if (told != null || knowsNothing(outcome)) {
                listener.answered(told);
            } else {
                listener.unanswered();
            }
        }));
        return attempt.logical();
    }

    private Call attempt(Node node, Policy policy, String path, long timeoutNanos) {
        Request request = new Request.Builder()
                .url(HttpUrl.get("http://" + node.service() + path))
                .build();
        Call call = new Call(request, policy, pace, Context.root());
        call.shorten(Time.plus(call.startNanos(), timeoutNanos));
        Call attempt = call.newAttempt();
        attempt.node(node);
        return attempt;
    }

    /** An answer such as 404 or 401; a 503 may be one of a server that has too much to do. */
    private static boolean knowsNothing(Outcome<Response> outcome) {
        return outcome instanceof Success<Response> success && success.value().code() < FAULT;
    }

    private static @Nullable String trouble(Outcome<Response> outcome) {
        if (outcome instanceof Failure<Response> failure) {
            return failure.cause().toString();
        }
        int status = ((Success<Response>) outcome).value().code();
        return status == WELL ? null : "it answered " + status;
    }
}
