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

/** Asks the breaker, and tells it what came of it. */
final class BreakerFilter<R> implements Filter<R>, Reply.Observer<R> {
    private final Breaker breaker;

    BreakerFilter(Breaker breaker) {
        this.breaker = breaker;
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        if (!breaker.tryPass()) {
            return new Failure<>(new MeshException(
                    Fate.REJECTED_BREAKER,
                    attempt.service() + ": the breaker of " + breaker.name() + " is open (breaker.*); not sent"));
        }
        Reply<R> reply = next.call(attempt);
        reply.onDone(attempt, this);
        return reply;
    }

    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        Verdict verdict = attempt.verdict();
        if (verdict.neutral() || verdict == Verdict.CALLER_ERROR) {
            breaker.ignored();
            return;
        }
        long now = attempt.headNanos();
        long took = now - attempt.startNanos();
        if (verdict.blamesNode() || verdict == Verdict.THROTTLED) {
            breaker.failed(took, now, cause(outcome));
        } else {
            breaker.succeeded(took, now);
        }
    }

    private static Throwable cause(Outcome<?> outcome) {
        return outcome instanceof Failure<?> failure
                ? failure.cause()
                : new MeshException(Fate.FAILED_NOT_RETRYABLE, "answered with a failure");
    }
}
