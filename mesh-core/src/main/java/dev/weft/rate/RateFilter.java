package dev.weft.rate;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.MeshException;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.stack.CallKey;
import java.util.concurrent.atomic.LongAdder;

/** Asks the limit of the call's key. Attempts are not counted: a call is one, however often it is tried. */
final class RateFilter<R> implements Filter<R> {
    private final RateRule rule;
    private final RateLimiter limiter;
    private final CallKey.Reader<Call> reader;
    private final LongAdder observed;
    private final boolean enforce;

    RateFilter(RateRule rule, RateLimiter limiter, CallKey.Reader<Call> reader, LongAdder observed, boolean enforce) {
        this.rule = rule;
        this.limiter = limiter;
        this.reader = reader;
        this.observed = observed;
        this.enforce = enforce;
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        long wait = limiter.tryTake(rule.key().of(call, call.context(), reader), call.startNanos());
        if (wait > 0) {
            if (enforce) {
                return refused(call, wait);
            }
            observed.increment();
        }
        return next.call(call);
    }

    private Reply<R> refused(Call call, long waitNanos) {
        return new Failure<>(new MeshException(
                Fate.REJECTED_RATE,
                call.service() + ": more calls than " + limiter.words() + " (" + rule.setting()
                        + "); the next may be made in " + (waitNanos / 1_000_000 + 1) + " ms; not sent"));
    }
}
