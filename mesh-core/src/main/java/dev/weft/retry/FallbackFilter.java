package dev.weft.retry;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Deadline;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Substitute;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.stack.Alternatives;
import dev.weft.stack.Fit;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a call has failed: another service, then the application's code, then the fixed answer; the first that has one. A
 * fallback that fails leaves the call as it was. What breakers and nodes have learnt of the attempts stands.
 */
final class FallbackFilter<R> implements Filter<R>, Reply.Continuation<R, R> {
    private static final Logger log = LoggerFactory.getLogger(FallbackFilter.class);
    /** In the context of a call that stands in for another: it goes no further than that. */
    private static final ContextKey<Boolean> STANDS_IN = ContextKey.named("weft-stands-in");

    private static final Cancellable NOTHING_MORE = () -> {};

    private final Wire<R> wire;
    private final Alternatives<R> alternatives;
    private final @Nullable String service;
    private final @Nullable Substitute<R> code;
    private final @Nullable Substitute<R> fixed;
    private final boolean idempotent;

    /** @param idempotent policy says so, whatever the protocol says */
    FallbackFilter(
            Fit<R> fit,
            @Nullable String service,
            @Nullable Substitute<R> code,
            @Nullable Substitute<R> fixed,
            boolean idempotent) {
        this.wire = fit.wire();
        this.alternatives = fit.alternatives();
        this.service = service;
        this.code = code;
        this.fixed = fixed;
        this.idempotent = idempotent;
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        return next.call(call).then(call, this);
    }

    @Override
    public Reply<R> resume(Call call, Outcome<R> outcome) {
        if (call.ended() || call.cancelled() || !failed(call, outcome)) {
            return outcome;
        }
        boolean inTime = !call.expiresBefore(call.time().nanos() + Deadline.TOO_LITTLE_NANOS);
        if (service != null && inTime && mayGoElsewhere(call)) {
            return elsewhere(call, outcome, service);
        }
        return here(call, outcome);
    }

    /** Not for what the caller is to blame for, and not for refusals: by those who know the caller, by a certificate. */
    private static boolean failed(Call call, Outcome<?> outcome) {
        Call attempt = call.latest();
        // Of one that was made for another call, this one may have a copy.
        if (attempt != null && (attempt.outcome() == outcome || attempt.logical() != call)) {
            Verdict verdict = attempt.verdict();
            boolean refused = outcome instanceof Failure<?> failure && failure.cause() instanceof SSLException;
            return !refused && (verdict.blamesNode() || verdict == Verdict.THROTTLED || verdict == Verdict.REFUSED);
        }
        return outcome instanceof Failure<?> failure
                && failure.cause() instanceof MeshException mesh
                && mesh.fate() != Fate.CANCELLED
                && mesh.fate() != Fate.REJECTED_AUTHZ;
    }

    /** Whether the request can go out once more, and does no harm if the first service has acted on it after all. */
    private boolean mayGoElsewhere(Call call) {
        if (call.context().get(STANDS_IN) != null) {
            return false;
        }
        Call attempt = call.latest();
        if (attempt == null) {
            return true;
        }
        boolean safe = idempotent || wire.idempotent(call) || neverApplied(attempt);
        return safe && wire.replayable(attempt);
    }

    private static boolean neverApplied(Call last) {
        for (Call attempt = last; attempt != null; attempt = attempt.previous()) {
            if (!attempt.verdict().notApplied() && attempt.verdict() != Verdict.REJECTED) {
                return false;
            }
        }
        return true;
    }

    private Reply<R> elsewhere(Call call, Outcome<R> outcome, String other) {
        Context own = call.context();
        Alternatives.Detour<R> detour;
        try {
            call.context(own.with(STANDS_IN, true));
            detour = alternatives.detour(other, call);
        } catch (RuntimeException e) {
            tell(call, e);
            return here(call, outcome);
        } finally {
            call.context(own);
        }
        return detour.way().call(detour.call()).then(call, (c, answer) -> {
            if (answer instanceof Success<R> success) {
                Verdict verdict = detour.call().verdict();
                if (verdict == Verdict.OK || verdict == Verdict.CALLER_ERROR) {
                    // What the caller reads now is not what it asked for at first, which is given up at its end.
                    c.onCancel(NOTHING_MORE);
                    return given(c, success);
                }
                wire.discard(success.value());
            }
            return here(c, outcome);
        });
    }

    /** Code and the fixed answer, which take no time to speak of. */
    private Outcome<R> here(Call call, Outcome<R> outcome) {
        if (call.cancelled()) {
            return outcome;
        }
        R answer = answer(code, call, outcome);
        if (answer == null) {
            answer = answer(fixed, call, outcome);
        }
        return answer == null ? outcome : given(call, new Success<>(answer));
    }

    private static <R> @Nullable R answer(@Nullable Substitute<R> substitute, Call call, Outcome<R> failed) {
        try {
            return substitute == null ? null : substitute.answer(call, failed);
        } catch (Exception e) {
            tell(call, e);
            return null;
        }
    }

    private static void tell(Call call, Exception e) {
        log.info("{}: the fallback failed as well; the caller gets what it would have got without", call.service(), e);
    }

    private static <R> Outcome<R> given(Call call, Success<R> answer) {
        call.fate(Fate.FALLBACK);
        return answer;
    }
}
