package dev.weft.retry;

import dev.weft.call.Call;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.endpoint.Cluster;
import dev.weft.stack.Fit;

/** Measures attempts, and has those race that can. */
final class HedgeFilter<R> implements Filter<R>, Reply.Observer<R> {
    private final Wire<R> wire;
    private final Cluster cluster;
    private final boolean idempotent;
    private final Lateness lateness;
    private final RetryBudget ownShare;
    private final RetryBudget budget;

    HedgeFilter(Fit<R> fit, Lateness lateness, RetryBudget ownShare, RetryBudget budget) {
        this.wire = fit.wire();
        this.cluster = fit.cluster();
        this.idempotent = fit.policy().get(RetryLayer.IDEMPOTENT);
        this.lateness = lateness;
        this.ownShare = ownShare;
        this.budget = budget;
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        ownShare.deposit(attempt.startNanos());
        long after = lateness.afterNanos();
        if (after == Lateness.UNKNOWN_NANOS || !mayRace(attempt)) {
            Reply<R> reply = next.call(attempt);
            reply.onDone(attempt, this);
            return reply;
        }
        return new Race<>(this, attempt, next).run(after);
    }

    private boolean mayRace(Call attempt) {
        return (idempotent || wire.idempotent(attempt)) && wire.replayable(attempt);
    }

    /** Whether there is somewhere else to go, and something left to pay for it. */
    boolean mayHedge(Call first) {
        // Who still waits, for discovery or for a permit, is not helped by a second who waits.
        if (first.node() == null || cluster.nodes().size() < 2) {
            return false;
        }
        long now = first.time().nanos();
        // A second leg would make longer what the first stands in.
        if (cluster.backlog().limiting(now)) {
            return false;
        }
        return ownShare.tryWithdraw(now) && budget.tryWithdraw(now);
    }

    Wire<R> wire() {
        return wire;
    }

    /** An attempt that was not hedged is known. */
    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        switch (attempt.verdict()) {
            // Who was cut off took at least so long. Who failed fast says nothing of how long an answer takes.
            case OK, CALLER_ERROR, CANCELLED, TIMEOUT ->
                lateness.record(attempt.headNanos() - attempt.sentNanos(), attempt.headNanos());
            default -> {}
        }
    }
}
