package dev.weft.retry;

import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.endpoint.Ejections;
import dev.weft.endpoint.Node;
import java.util.concurrent.TimeUnit;

/**
 * Asks ejected nodes whether they are well: sends a request that changes nothing once more, beside an attempt at it whose
 * caller waits for nothing of it. Paid for from the retry budget.
 */
final class Probes<R> implements Reply.Observer<R> {
    /** A node that is back may be slow at first; and it must not be so slow that it is late for most. */
    private static final int LATE_FACTOR = 4;

    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Wire<R> wire;
    private final Ejections ejections;
    private final RetryBudget budget;
    private final Lateness lateness;

    Probes(Wire<R> wire, Ejections ejections, RetryBudget budget, Lateness lateness) {
        this.wire = wire;
        this.ejections = ejections;
        this.budget = budget;
        this.lateness = lateness;
    }

    /** Sends one beside {@code attempt} where some node waits for it; else costs one volatile read. */
    void sendIfDue(Call attempt, Service<R> next, long nowNanos) {
        if (ejections.probeDue(nowNanos) && attempt.number() == 1 && wire.safe(attempt) && wire.replayable(attempt)) {
            attempt.pace().after(0, () -> send(attempt, next));
        }
    }

    private void send(Call attempt, Service<R> next) {
        Call probe = attempt.newProbe();
        long now = probe.startNanos();
        Node node = ejections.claimProbe(probe, true, now);
        if (node == null) {
            return;
        }
        if (!budget.tryWithdraw(now)) {
            ejections.releaseProbe(node, probe, false);
            return;
        }
        probe.node(node);
        probe.shorten(now + patienceNanos());
        probe.context(Criticality.in(probe.context()).lowered().storeInContext(probe.context()));
        Reply<R> reply = next.attempt(probe);
        reply.onDone(probe, this);
    }

    private long patienceNanos() {
        long late = lateness.afterNanos();
        return late > MOST_NANOS / LATE_FACTOR ? MOST_NANOS : Math.max(LEAST_NANOS, LATE_FACTOR * late);
    }

    /** A probe is answered, or is not; whoever judges nodes has seen it. */
    @Override
    public void done(Call probe, Outcome<R> outcome) {
        probe.drop(outcome, wire);
        if (outcome instanceof Failure<R>) {
            probe.end(null);
        }
        Node node = probe.node();
        if (node != null && probe.verdict() == Verdict.REJECTED) {
            // A limit or a breaker, before it came to the node.
            ejections.releaseProbe(node, probe, false);
        }
    }
}
