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
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.TimeUnit;

/** Asks the breaker, and tells it what came of it. */
final class BreakerFilter<R> implements Filter<R>, Reply.Observer<R> {
    private final CircuitBreaker breaker;

    BreakerFilter(CircuitBreaker breaker) {
        this.breaker = breaker;
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        if (!breaker.tryAcquirePermission()) {
            return new Failure<>(new MeshException(
                    Fate.REJECTED_BREAKER,
                    attempt.service() + ": the breaker of " + breaker.getName() + " is open (breaker.*); not sent"));
        }
        Reply<R> reply = next.call(attempt);
        reply.onDone(attempt, this);
        return reply;
    }

    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        Verdict verdict = attempt.verdict();
        if (verdict.neutral() || verdict == Verdict.CALLER_ERROR) {
            breaker.releasePermission();
            return;
        }
        long nanos = attempt.headNanos() - attempt.startNanos();
        if (verdict.blamesNode() || verdict == Verdict.THROTTLED) {
            // The breaker counts by our verdict, not by the class of what it is given.
            breaker.onError(nanos, TimeUnit.NANOSECONDS, cause(outcome));
        } else {
            breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private static Throwable cause(Outcome<?> outcome) {
        return outcome instanceof Failure<?> failure
                ? failure.cause()
                : new MeshException(Fate.FAILED_NOT_RETRYABLE, "answered with a failure");
    }
}
