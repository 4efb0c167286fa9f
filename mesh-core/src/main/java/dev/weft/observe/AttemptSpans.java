package dev.weft.observe;

import dev.weft.call.Call;
import dev.weft.call.EndListener;
import dev.weft.call.Filter;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** A span of kind CLIENT for each attempt at a node; it ends when the answer's body is closed. */
final class AttemptSpans<R> implements Filter<R>, EndListener {
    private final Tracer tracer;
    private final Wire<R> wire;
    private final boolean http;

    AttemptSpans(Tracer tracer, Wire<R> wire) {
        this.tracer = tracer;
        this.wire = wire;
        this.http = wire.protocol().equals("http");
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        Context context = attempt.context();
        SpanBuilder span = tracer.spanBuilder(wire.operation(attempt))
                .setParent(context)
                .setSpanKind(SpanKind.CLIENT)
                // The name that the caller used; the node that was picked for it is the peer.
                .setAttribute(Words.SERVER_ADDRESS, attempt.service());
        Node node = attempt.node();
        if (node != null) {
            Endpoint endpoint = node.endpoint();
            span.setAttribute(Words.PEER_ADDRESS, endpoint.host())
                    .setAttribute(Words.PEER_PORT, (long) endpoint.port());
        }
        if (http && attempt.number() > 1) {
            span.setAttribute(Words.RESEND_COUNT, (long) (attempt.number() - 1));
        }
        wire.describeRequest(attempt, span);
        attempt.context(context.with(span.startSpan()));
        attempt.onEnd(this);
        return next.call(attempt);
    }

    @Override
    public void ended(Call attempt) {
        Span span = Span.fromContext(attempt.context());
        if (span.isRecording()) {
            Verdict verdict = attempt.verdict();
            Throwable failure = Words.failure(attempt);
            span.setAttribute(Words.VERDICT, verdict.label());
            // Who was cancelled, as the loser of a hedge is, did nothing wrong.
            if (verdict != Verdict.CANCELLED && (verdict != Verdict.OK || failure != null)) {
                span.setAttribute(Words.ERROR_TYPE, errorType(attempt, failure));
                span.setStatus(StatusCode.ERROR);
            }
            wire.describeAnswer(attempt, span);
        }
        span.end();
    }

    private static String errorType(Call attempt, @Nullable Throwable failure) {
        if (failure != null) {
            return failure.getClass().getName();
        }
        return attempt.status() == 0 ? attempt.verdict().label() : String.valueOf(attempt.status());
    }
}
