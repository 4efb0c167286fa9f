package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Prober;
import dev.weft.call.Success;
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

    private final HttpWire wire;
    private final Pace pace;

    HttpProber(HttpWire wire, Pace pace) {
        this.wire = wire;
        this.pace = pace;
    }

    @Override
    public Cancellable probe(Node node, Policy policy, Listener listener) {
        Request request = new Request.Builder()
                .url(HttpUrl.get("http://" + node.service() + policy.get(HealthLayer.PATH)))
                .build();
        Call call = new Call(request, policy, pace, Context.root());
        call.shorten(
                Time.plus(call.startNanos(), policy.get(HealthLayer.TIMEOUT).toNanos()));
        Call attempt = call.newAttempt();
        attempt.node(node);
        wire.call(attempt).onDone(attempt, (asked, outcome) -> {
            asked.discard(wire);
            listener.ended(trouble(outcome));
        });
        return call;
    }

    private static @Nullable String trouble(Outcome<Response> outcome) {
        if (outcome instanceof Failure<Response> failure) {
            return failure.cause().toString();
        }
        int status = ((Success<Response>) outcome).value().code();
        return status == WELL ? null : "it answered " + status;
    }
}
