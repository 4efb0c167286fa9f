package dev.weft.observe;

import dev.weft.call.Filter;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry spans: one for the logical call, a child of kind CLIENT for each attempt. The attempt's span is in its
 * context, from where the wire takes it into the headers. Absent where nothing traces.
 */
public final class TraceLayer implements Stackable {
    /** The instrumentation scope that the spans are of. */
    static final String SCOPE = "dev.weft";

    private final @Nullable Tracer tracer;
    private final boolean attempts;

    private TraceLayer(OpenTelemetry openTelemetry, boolean attempts) {
        TracerProvider provider = openTelemetry.getTracerProvider();
        this.tracer = provider == TracerProvider.noop() ? null : provider.get(SCOPE);
        this.attempts = attempts;
    }

    /** For the slot TRACE. */
    public static TraceLayer ofCalls(OpenTelemetry openTelemetry) {
        return new TraceLayer(openTelemetry, false);
    }

    /** For the slot ATTEMPT. */
    public static TraceLayer ofAttempts(OpenTelemetry openTelemetry) {
        return new TraceLayer(openTelemetry, true);
    }

    @Override
    public String name() {
        return "trace";
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        if (tracer == null) {
            return null;
        }
        return attempts ? new AttemptSpans<>(tracer, fit.wire()) : new CallSpans<>(tracer, fit.wire());
    }
}
