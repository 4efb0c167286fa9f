package dev.weft.observe;

import dev.weft.call.Call;
import dev.weft.call.EndListener;
import dev.weft.call.Filter;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.stack.Fit;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Counts attempts by verdict. */
final class AttemptMetrics<R> implements Filter<R>, EndListener {
    private final ServiceMeters meters;
    private final Tags tags;
    private final AtomicReferenceArray<Durations> byVerdict = new AtomicReferenceArray<>(Verdict.values().length);

    AttemptMetrics(Fit<R> fit, ServiceMeters meters) {
        this.meters = meters;
        this.tags = Tags.of(
                "route",
                Words.orNone(fit.policy().route()),
                "protocol",
                fit.wire().protocol());
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        attempt.onEnd(this);
        return next.call(attempt);
    }

    @Override
    @SuppressWarnings("EnumOrdinal") // an index that lives no longer than the process
    public void ended(Call attempt) {
        Verdict verdict = attempt.verdict();
        Durations durations = byVerdict.getAcquire(verdict.ordinal());
        if (durations == null) {
            durations = meters.durations(
                    "weft.client.attempts",
                    "Attempts at one node, from their start to the end of their answer",
                    tags.and("verdict", verdict.label()));
            byVerdict.setRelease(verdict.ordinal(), durations);
        }
        durations.record(attempt.endNanos() - attempt.startNanos());
    }
}
