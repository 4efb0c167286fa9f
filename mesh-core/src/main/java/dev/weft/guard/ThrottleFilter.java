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
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/** Makes as many attempts as are of use, and tells the throttle what came of them. */
final class ThrottleFilter<R> implements Filter<R>, Reply.Observer<R> {
    private final Throttle throttle;
    private final boolean enforce;
    private final RandomGenerator random;
    private final LongAdder observed;

    ThrottleFilter(Throttle throttle, boolean enforce, RandomGenerator random, LongAdder observed) {
        this.throttle = throttle;
        this.enforce = enforce;
        this.random = random;
        this.observed = observed;
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        Throttle.Level level = throttle.of(Criticality.in(attempt.context()));
        double chance = level.chance();
        if (chance > 0 && random.nextDouble() < chance) {
            if (enforce) {
                level.asked(attempt.sentNanos());
                return refused(attempt);
            }
            observed.increment();
        }
        Reply<R> reply = next.call(attempt);
        reply.onDone(attempt, this);
        return reply;
    }

    private Reply<R> refused(Call attempt) {
        // It is the service that is overloaded, for whoever asks.
        RetriesSpent.tell(attempt.context());
        return new Failure<>(new MeshException(
                Fate.REJECTED_LIMIT,
                attempt.service() + ": of late it took on less than half of the "
                        + Criticality.in(attempt.context()).label() + " calls (limits.throttle); not sent"));
    }

    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        throttle.of(Criticality.in(attempt.context())).ended(attempt.verdict(), attempt.headNanos());
    }
}
