package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.RetriesSpent;
import dev.weft.call.Service;
import dev.weft.endpoint.Backlog;
import java.util.concurrent.atomic.LongAdder;

/** Asks the service's backlog, and tells it what came of it. Calls without a deadline wait as long as it takes. */
final class BacklogFilter<R> implements Filter<R>, Reply.Observer<R> {
    private final Backlog backlog;
    private final boolean enforce;
    private final LongAdder observed;

    BacklogFilter(Backlog backlog, boolean enforce, LongAdder observed) {
        this.backlog = backlog;
        this.enforce = enforce;
        this.observed = observed;
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        if (!attempt.hasDeadline()) {
            return next.call(attempt);
        }
        long now = attempt.sentNanos();
        long left = attempt.remainingNanos(now);
        if (enforce && !backlog.inTime(left, now)) {
            return new Failure<>(
                    attempt.deadlineExceeded("nearly: even its fastest answers of late took longer; not sent"));
        }
        if (backlog.crowded(left, Criticality.SHEDDABLE.share())) {
            Criticality criticality = Criticality.in(attempt.context());
            if (!backlog.admits(left, criticality.share(), now)) {
                if (enforce) {
                    return refused(attempt, criticality);
                }
                observed.increment();
            }
        }
        backlog.entered(now);
        Reply<R> reply;
        try {
            reply = next.call(attempt);
        } catch (Throwable thrown) {
            backlog.left();
            throw thrown;
        }
        reply.onDone(attempt, this);
        return reply;
    }

    private Reply<R> refused(Call attempt, Criticality criticality) {
        // It is the service that is overloaded, for whoever asks.
        RetriesSpent.tell(attempt.context());
        return new Failure<>(new MeshException(
                Fate.REJECTED_LIMIT,
                attempt.service() + ": overloaded, its answer to a " + criticality.label()
                        + " call would come too late (limits.adaptive); not sent"));
    }

    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        long now = attempt.headNanos();
        long took = now - attempt.sentNanos();
        switch (attempt.verdict()) {
            case OK, CALLER_ERROR, SERVER_ERROR -> {
                if (attempt.remainingNanos(now) > 0) {
                    backlog.answered(took, now);
                } else {
                    // It would have been cut off, had this process not stood still: no measure for others.
                    backlog.gaveUp(took, now);
                }
            }
            case TIMEOUT -> backlog.gaveUp(took, now);
            default -> backlog.left();
        }
    }
}
