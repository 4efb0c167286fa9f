package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;

/** Asks the breaker, and tells it what came of it; each probe exactly once. */
final class BreakerFilter<R> implements Filter<R>, Reply.Observer<R> {
    private final Breaker breaker;

    BreakerFilter(Breaker breaker) {
        this.breaker = breaker;
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        if (breaker.counting()) {
            Reply<R> reply = next.call(attempt);
            reply.onDone(attempt, this);
            return reply;
        }
        Breaker.Probe probe = breaker.tryProbe(attempt.time().nanos());
        if (probe == null) {
            return new Failure<>(new MeshException(
                    Fate.REJECTED_BREAKER,
                    attempt.service() + ": the breaker of " + breaker.name() + " is open (breaker.*); not sent"));
        }
        return probe(attempt, next, probe);
    }

    private Reply<R> probe(Call attempt, Service<R> next, Breaker.Probe probe) {
        Reply<R> reply;
        try {
            reply = next.call(attempt);
        } catch (Throwable thrown) {
            probe.ignored();
            throw thrown;
        }
        reply.onDone(attempt, (done, outcome) -> report(done, outcome, probe));
        return reply;
    }

    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        Verdict verdict = attempt.verdict();
        if (saysNothing(verdict)) {
            return;
        }
        if (isFailure(verdict)) {
            breaker.failed(attempt.headNanos());
        } else {
            breaker.succeeded(attempt.headNanos());
        }
    }

    private static void report(Call attempt, Outcome<?> outcome, Breaker.Probe probe) {
        Verdict verdict = attempt.verdict();
        long now = attempt.headNanos();
        long took = now - attempt.startNanos();
        if (saysNothing(verdict)) {
            probe.ignored();
        } else if (isFailure(verdict)) {
            probe.failed(took, now, cause(outcome));
        } else {
            probe.succeeded(took, now);
        }
    }

    private static boolean saysNothing(Verdict verdict) {
        return verdict.neutral() || verdict == Verdict.CALLER_ERROR;
    }

    private static boolean isFailure(Verdict verdict) {
        return verdict.blamesNode() || verdict.pushesBack();
    }

    private static Throwable cause(Outcome<?> outcome) {
        return outcome instanceof Failure<?> failure
                ? failure.cause()
                : new MeshException(Fate.FAILED_NOT_RETRYABLE, "answered with a failure");
    }
}
