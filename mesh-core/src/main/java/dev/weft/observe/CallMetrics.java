package dev.weft.observe;

import dev.weft.call.Call;
import dev.weft.call.EndListener;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.stack.Fit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Counts logical calls by fate and class of status. Meters are looked up once each; a call finds its own in an array. */
final class CallMetrics<R> implements Filter<R>, EndListener {
    /** 0; 1..16 as gRPC has them; 1xx..5xx; whatever else there is. */
    private static final int STATUS_CLASSES = 23;

    private static final int HTTP_CLASSES_FROM = 16;

    private final ServiceMeters meters;
    private final Wire<R> wire;
    private final Tags tags;
    private final Counter retries;
    private final AtomicReferenceArray<Durations> byFateAndStatus =
            new AtomicReferenceArray<>(Fate.values().length * STATUS_CLASSES);

    CallMetrics(Fit<R> fit, ServiceMeters meters) {
        this.meters = meters;
        this.wire = fit.wire();
        String route = Words.orNone(fit.policy().route());
        this.tags = Tags.of("route", route, "protocol", wire.protocol());
        this.retries =
                meters.counter("weft.client.retries", "Attempts beyond the first of their call, hedges included", tags);
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        call.onEnd(this);
        return next.call(call);
    }

    @Override
    public void ended(Call call) {
        Fate fate = call.fate();
        int at = index(fate, call.status());
        Durations durations = byFateAndStatus.getAcquire(at);
        if (durations == null) {
            durations = find(fate, call.status());
            byFateAndStatus.setRelease(at, durations);
        }
        durations.record(call.endNanos() - call.startNanos());
        int attempts = call.attempts();
        if (attempts > 1) {
            retries.increment(attempts - 1.0);
        }
    }

    private Durations find(Fate fate, int status) {
        // To gRPC 0 is a word, of success.
        String label = status == 0 && !fate.success() ? Words.NONE : wire.statusLabel(status);
        return meters.durations(
                "weft.client.calls",
                "Logical calls, from their start to the end of their answer",
                tags.and("fate", fate.label(), "status", label));
    }

    @SuppressWarnings("EnumOrdinal") // an index that lives no longer than the process
    private static int index(Fate fate, int status) {
        int statusClass = STATUS_CLASSES - 1;
        if (status >= 0 && status <= HTTP_CLASSES_FROM) {
            statusClass = status;
        } else if (status >= 100 && status < 600) {
            statusClass = HTTP_CLASSES_FROM + status / 100;
        }
        return fate.ordinal() * STATUS_CLASSES + statusClass;
    }
}
