package dev.weft.observe;

import dev.weft.call.Criticality;
import dev.weft.call.Deadline;
import dev.weft.call.TimeoutHeader;
import dev.weft.time.Time;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.opentelemetry.extension.trace.propagation.B3Propagator;

/**
 * Takes trace, baggage and deadline over the wire: out of the headers of a request that comes in, into the headers
 * of those that go out. Immutable.
 *
 * <p>Out go the headers of the given OpenTelemetry's propagators, or W3C's where it has none: what came in is
 * forwarded even where nothing is traced here. In come the same, else B3 in its one-header or many-headers form.
 * Headers are what strangers write: what is malformed, doubled or too large is ignored or cut, and nothing is
 * ever thrown for it.
 */
public final class Propagation {
    /** Sampled, and random id: the flags that W3C Trace Context has given a meaning. */
    private static final byte KNOWN_FLAGS = 0x03;

    private final TextMapPropagator propagator;

    private Propagation(TextMapPropagator propagator) {
        this.propagator = propagator;
    }

    public static Propagation of(OpenTelemetry openTelemetry) {
        TextMapPropagator given = openTelemetry.getPropagators().getTextMapPropagator();
        return new Propagation(
                given.fields().isEmpty()
                        ? TextMapPropagator.composite(
                                W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())
                        : given);
    }

    /**
     * Writes trace and baggage of the context into the headers of a request. The deadline is not written here: what is
     * left of it is the call's, told as late as can be, with {@link TimeoutHeader#format}.
     */
    public <C> void inject(Context context, C carrier, TextMapSetter<C> setter) {
        propagator.inject(context, carrier, setter);
    }

    /**
     * The context with what the headers of a request say of trace, baggage and deadline. A span of that trace that was
     * begun here stays: somebody further out has made one for the very request, as OpenTelemetry's agent does.
     *
     * @param context usually {@link Context#current()}
     * @param getter finds a header whatever the case of its name; give it {@code getAll}, or doubled headers go unseen
     * @param time the clock on which the deadline is told
     */
    public <C> Context extract(Context context, C carrier, TextMapGetter<C> getter, Time time) {
        Headers<C> headers = new Headers<>(getter);
        Span outer = Span.fromContext(context);
        SpanContext before = outer.getSpanContext();
        Context extracted = propagator.extract(context, carrier, headers);
        if (Span.fromContext(extracted).getSpanContext() == before) {
            extracted = B3Propagator.injectingSingleHeader().extract(extracted, carrier, headers);
        }
        if (before.isValid() && !before.isRemote() && before.getTraceId().equals(trace(extracted))) {
            extracted = extracted.with(outer);
        }
        return withDeadline(Criticality.arrived(withKnownFlags(extracted, before)), carrier, headers, time);
    }

    private static String trace(Context context) {
        return Span.fromContext(context).getSpanContext().getTraceId();
    }

    /** What is forwarded goes out as version 00, which must leave the other bits at zero. */
    private static Context withKnownFlags(Context context, SpanContext before) {
        SpanContext span = Span.fromContext(context).getSpanContext();
        byte flags = span.getTraceFlags().asByte();
        if (span == before || (flags & ~KNOWN_FLAGS) == 0) {
            return context;
        }
        return context.with(Span.wrap(SpanContext.createFromRemoteParent(
                span.getTraceId(),
                span.getSpanId(),
                TraceFlags.fromByte((byte) (flags & KNOWN_FLAGS)),
                span.getTraceState())));
    }

    private static <C> Context withDeadline(Context context, C carrier, Headers<C> headers, Time time) {
        long nanos = TimeoutHeader.parse(headers.get(carrier, TimeoutHeader.NAME));
        if (nanos == TimeoutHeader.NONE) {
            nanos = TimeoutHeader.parseEnvoy(headers.get(carrier, TimeoutHeader.ENVOY_NAME));
        }
        return nanos == TimeoutHeader.NONE ? context : context.with(Deadline.afterNanos(nanos, time));
    }
}
