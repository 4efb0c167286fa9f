package dev.weft.http.server;

import dev.weft.Mesh;
import dev.weft.observe.Propagation;
import dev.weft.time.Time;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For servlet containers (Jakarta Servlet 5 and later): as {@link MeshFilter}. Register it before all filters that
 * call other services. Code that goes on with an asynchronous request on another thread takes the context there as it
 * takes a trace: {@code Context.current().wrap(...)}. Thread-safe.
 */
public final class MeshServletFilter implements Filter {
    private final Propagation propagation;
    private final Time time;

    private MeshServletFilter(Propagation propagation, Time time) {
        this.propagation = propagation;
        this.time = time;
    }

    public static MeshServletFilter of(Mesh mesh) {
        return new MeshServletFilter(mesh.propagation(), mesh.time());
    }

    @Override
    @SuppressWarnings("try") // a scope is there to be closed
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        Arrival arrival = Arrival.of(http, RequestGetter.INSTANCE, propagation, time);
        if (arrival.expired()) {
            answer.setHeader(Arrival.RETRY_HEADER, Arrival.NO);
            answer.setStatus(Arrival.TOO_LATE_STATUS);
            return;
        }
        try (Scope scope = arrival.context().makeCurrent()) {
            chain.doFilter(request, new Marked(answer, arrival));
        }
    }

    /** Marks the answer when its status is set. */
    private static final class Marked extends HttpServletResponseWrapper {
        private final Arrival arrival;

        Marked(HttpServletResponse answer, Arrival arrival) {
            super(answer);
            this.arrival = arrival;
        }

        private void mark(int status) {
            if (arrival.forbidsRetry(status)) {
                setHeader(Arrival.RETRY_HEADER, Arrival.NO);
            }
        }

        @Override
        public void setStatus(int status) {
            mark(status);
            super.setStatus(status);
        }

        @Override
        public void sendError(int status) throws IOException {
            mark(status);
            super.sendError(status);
        }

        @Override
        public void sendError(int status, String message) throws IOException {
            mark(status);
            super.sendError(status, message);
        }
    }

    private enum RequestGetter implements TextMapGetter<HttpServletRequest> {
        INSTANCE;

        @Override
        @SuppressWarnings("deprecation") // abstract all the same
        public Iterable<String> keys(HttpServletRequest request) {
            return Collections.list(request.getHeaderNames());
        }

        @Override
        public @Nullable String get(@Nullable HttpServletRequest request, String name) {
            return request == null ? null : request.getHeader(name);
        }

        @Override
        public Iterator<String> getAll(@Nullable HttpServletRequest request, String name) {
            return request == null
                    ? List.<String>of().iterator()
                    : Collections.list(request.getHeaders(name)).iterator();
        }
    }
}
