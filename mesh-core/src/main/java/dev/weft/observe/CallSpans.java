package dev.weft.observe;

import dev.weft.call.Call;
import dev.weft.call.EndListener;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;

/** One span around all that is done for a logical call. It is kept in the call's context, so nothing is per call here. */
final class CallSpans<R> implements Filter<R>, EndListener {
    private final Tracer tracer;
    private final Wire<R> wire;

    CallSpans(Tracer tracer, Wire<R> wire) {
        this.tracer = tracer;
        this.wire = wire;
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        Context context = call.context();
        String service = call.service();
        Span span = tracer.spanBuilder(wire.operation(call) + " " + service)
                .setParent(context)
                .setSpanKind(SpanKind.INTERNAL)
                .setAttribute(Words.SERVICE, service)
                .setAttribute(Words.ROUTE, Words.orNone(call.policy().route()))
                .startSpan();
        call.context(context.with(span));
        call.onEnd(this);
        return next.call(call);
    }

    @Override
    public void ended(Call call) {
        Span span = Span.fromContext(call.context());
        if (span.isRecording()) {
            Fate fate = call.fate();
            span.setAttribute(Words.FATE, fate.label()).setAttribute(Words.ATTEMPTS, (long) call.attempts());
            if (!fate.success()) {
                Throwable failure = Words.failure(call);
                span.setAttribute(Words.ERROR_TYPE, fate.label());
                span.setStatus(StatusCode.ERROR, failure == null ? "" : Words.describe(failure));
            }
        }
        span.end();
    }
}
