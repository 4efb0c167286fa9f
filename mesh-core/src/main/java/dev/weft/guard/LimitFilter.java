package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.EndListener;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.MeshException;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.policy.Mode;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds a permit from the way down until the attempt has ended, body and all. */
final class LimitFilter<R> implements Filter<R>, EndListener {
    private static final Logger log = LoggerFactory.getLogger(LimitFilter.class);
    private static final long QUIET_NANOS = 10_000_000_000L;

    private final AtomicLong quietUntilNanos;
    private final Permits permits;
    private final LongAdder observed;
    private final Wire<R> wire;
    private final String service;
    private final boolean enforce;
    private final int requests;
    private final int connections;
    private final int pending;

    LimitFilter(Fit<R> fit, Permits permits, LongAdder observed) {
        this.observed = observed;
        Policy policy = fit.policy();
        this.permits = permits;
        this.quietUntilNanos = new AtomicLong(fit.time().nanos());
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
            observe(attempt, max);
        } else if (!permits.tryTake(max)) {
            return queued(attempt, next, max);
        }
        return go(attempt, next);
    }

    private Reply<R> queued(Call attempt, Service<R> next, int max) {
        // Who waits counts as under way, so that no more may wait than requests leaves room for.
        Reply<Call> turn = permits.inUse() < requests ? permits.await(attempt, max, waiters(max)) : null;
        if (turn == null) {
            return new Failure<>(
                    new MeshException(Fate.REJECTED_LIMIT, attempt.service() + ": " + full(max) + "; not sent"));
        }
        return turn.then(attempt, (a, outcome) -> {
            if (outcome instanceof Failure<Call> failure) {
                return new Failure<>(failure.cause());
            }
            a.waited(a.time().nanos());
            if (a.tooLate()) {
                permits.release(max());
                return new Failure<>(a.deadlineExceeded("nearly while it waited for a connection; not sent"));
            }
            return go(a, next);
        });
    }

    private Reply<R> go(Call attempt, Service<R> next) {
        attempt.onEnd(this);
        return next.call(attempt);
    }

    private String full(int max) {
        return requests - max < pending || permits.inUse() >= requests
                ? requests + " requests are under way (limits.requests)"
                : max + " connections are in use (limits.connections) and " + pending
                        + " requests wait for one (limits.pending)";
    }

    /** How many may wait. */
    private int waiters(int max) {
        return Math.min(pending, requests - max);
    }

    /** Counts what it would have refused, and says so from time to time. */
    private void observe(Call attempt, int max) {
        int under = permits.inUse();
        if (under <= max + waiters(max)) {
            return;
        }
        observed.increment();
        long quiet = quietUntilNanos.get();
        long now = attempt.startNanos();
        if (now - quiet >= 0 && quietUntilNanos.compareAndSet(quiet, now + QUIET_NANOS)) {
            log.info("{}: would be refused, with {} under way: {}", service, under, full(max));
        }
    }

    @Override
    public void ended(Call attempt) {
        permits.release(max());
    }

    private int max() {
        return wire.multiplexed(service) ? requests : Math.min(connections, requests);
    }
}
