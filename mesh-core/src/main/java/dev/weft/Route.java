package dev.weft;

import dev.weft.call.Call;
import dev.weft.call.Cancellation;
import dev.weft.call.EndListener;
import dev.weft.call.Ends;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.policy.Policy;
import io.opentelemetry.context.Context;
import java.util.concurrent.atomic.LongAdder;

/**
 * The way that a call of one kind goes under one policy: the chain that was built for it. Immutable; kept for all
 * calls of its kind until policy changes, and by those that began with it until they end.
 *
 * @param <R> the response
 */
public final class Route<R> implements Reply.Observer<R>, EndListener {
    private final Mesh mesh;
    private final Policy policy;
    private final Service<R> chain;
    private final Wire<R> wire;
    private final LongAdder inFlight;
    private final Ends ends;

    Route(Mesh mesh, Policy policy, Service<R> chain, Wire<R> wire, MeshService service) {
        this.mesh = mesh;
        this.policy = policy;
        this.chain = chain;
        this.wire = wire;
        this.inFlight = service.inFlight();
        this.ends = new Ends(service.pauses());
    }

    /** The policy that a call on this route is under. */
    public Policy policy() {
        return policy;
    }

    /**
     * A call that begins now; hand it to {@link #send} once.
     *
     * @param request the transport's request
     * @param context the caller's context: trace, baggage, deadline
     */
    public Call newCall(Object request, Pace pace, Context context) {
        return new Call(request, policy, pace, context, ends);
    }

    /** Sends a call down the chain. Never throws; a blocking call's reply is known. */
    public Reply<R> send(Call call) {
        inFlight.increment();
        call.onEnd(this);
        Cancellation.begin(call);
        Reply<R> reply;
        try {
            reply = mesh.closing() ? closed() : chain.call(call);
            if (reply == null) {
                throw new NullPointerException("the first layer of the stack answered null");
            }
            if (reply instanceof Promise<R> promise) {
                reply = call.pace().settle(call, promise);
            }
        } catch (Throwable thrown) {
            reply = new Failure<>(thrown);
        }
        reply.onDone(call, this);
        return reply;
    }

    private Reply<R> closed() {
        return new Failure<>(new MeshException(Fate.CANCELLED, policy.service() + ": the mesh is closed; not sent"));
    }

    /** For the stack: the caller's answer is known. */
    @Override
    public void done(Call call, Outcome<R> outcome) {
        call.finish(outcome, wire);
    }

    /** For the stack: the call has ended. */
    @Override
    public void ended(Call call) {
        inFlight.decrement();
        Cancellation.end(call);
    }
}
