package dev.weft.storefront;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.io.IOException;

/**
 * A span for each request served, so that the calls made for it are one trace. Stands behind the mesh's filter, which
 * restores the caller's trace. Leave it out where OpenTelemetry's agent does the same. Thread-safe.
 */
final class ServerSpans extends Filter {
    private final Tracer tracer;

    ServerSpans(OpenTelemetry telemetry) {
        this.tracer = telemetry.getTracer("storefront");
    }

    @Override
    @SuppressWarnings("try") // a scope is there to be closed
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        String method = exchange.getRequestMethod();
        String route = exchange.getHttpContext().getPath();
        Span span = tracer.spanBuilder(method + " " + route)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("http.request.method", method)
                .setAttribute("http.route", route)
                .startSpan();
        try (Scope scope = span.makeCurrent()) {
            chain.doFilter(exchange);
        } finally {
            int status = exchange.getResponseCode();
            span.setAttribute("http.response.status_code", status);
            if (status >= 500 || status < 0) { // below 0: no answer
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }

    @Override
    public String description() {
        return "a span for each request";
    }
}
