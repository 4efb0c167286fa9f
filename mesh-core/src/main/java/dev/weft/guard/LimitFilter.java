package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.EndListener;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.policy.Mode;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;

/** Holds a permit from the way down until the attempt has ended, body and all. */
final class LimitFilter<R> implements Filter<R>, EndListener {
    private final Permits permits;
    private final Wire<R> wire;
    private final String service;
    private final boolean enforce;
    private final int requests;
    private final int connections;
    private final int pending;

    LimitFilter(Fit<R> fit, Permits permits) {
        Policy policy = fit.policy();
        this.permits = permits;
        this.wire = fit.wire();
        this.service = fit.service();
        this.enforce = policy.get(LimitLayer.MODE) == Mode.ENFORCE;
        this.requests = policy.get(LimitLayer.REQUESTS);
        this.connections = policy.get(LimitLayer.CONNECTIONS);
        this.pending = policy.get(LimitLayer.PENDING);
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        int max = max();
        if (!enforce) {
            permits.take();
        } else if (permits.inUse() >= requests) {
            return new Failure<>(new MeshException(
                    Fate.REJECTED_LIMIT,
                    attempt.service() + ": " + requests + " requests are under way (limits.requests); not sent"));
        } else if (!permits.tryTake(max)) {
            return permits.await(attempt, max, pending).then(attempt, (a, turn) -> go(a, turn, next));
        }
        attempt.onEnd(this);
        return next.call(attempt);
    }

    private Reply<R> go(Call attempt, Outcome<Call> turn, Service<R> next) {
        if (turn instanceof Failure<Call> failure) {
            return new Failure<>(failure.cause());
        }
        attempt.waited(attempt.time().nanos());
        attempt.onEnd(this);
        return next.call(attempt);
    }

    @Override
    public void ended(Call attempt) {
        permits.release(max());
    }

    private int max() {
        return wire.multiplexed(service) ? requests : Math.min(connections, requests);
    }
}
