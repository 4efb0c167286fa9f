package dev.weft.http.server;

import dev.weft.Mesh;
import dev.weft.endpoint.LoadSignal;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For servlet containers (Jakarta Servlet 5 and later): as {@link MeshFilter}. Register it before all filters that
 * call other services; where requests are handled asynchronously with {@code asyncSupported}, and for the dispatcher
 * types {@code REQUEST}, {@code ASYNC} and {@code ERROR}: what is dispatched again goes on in the context that it
 * arrived in. Code that goes on with an asynchronous request on a thread of its own takes the context there as it takes
 * a trace: {@code Context.current().wrap(...)}. Thread-safe.
 */
public final class MeshServletFilter implements Filter {
    /** An attribute of the request, so that its time does not begin anew when it is dispatched again. */
    private static final String ARRIVAL = "dev.weft.arrival";

    private final Mesh mesh;

    private MeshServletFilter(Mesh mesh) {
        this.mesh = mesh;
    }

    public static MeshServletFilter of(Mesh mesh) {
        return new MeshServletFilter(mesh);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            chain.doFilter(request, response);
            return;
        }
        Arrival before = (Arrival) http.getAttribute(ARRIVAL);
        if (before != null) {
            handle(http, answer, before, chain);
            return;
        }
        if (LoadSignal.PATH.equals(http.getRequestURI())) {
            answer.setHeader(LoadSignal.HEADER, mesh.serverLoad().now().text());
            answer.setStatus(Arrival.LOAD_STATUS);
            return;
        }
        Arrival arrival = Arrival.of(http, RequestGetter.INSTANCE, mesh);
        if (arrival.refused()) {
            answer.setStatus(arrival.refuse(answer::setHeader));
            return;
        }
        http.setAttribute(ARRIVAL, arrival);
        try {
            String wait = ServerRates.OfServlets.refuses(mesh.serverRate(), http, arrival.context());
            if (wait != null) {
                arrival.ended();
                answer.setHeader(ServerRates.RETRY_AFTER, wait);
                answer.setStatus(ServerRates.STATUS);
                return;
            }
            handle(http, answer, arrival, chain);
        } catch (Throwable thrown) {
            arrival.ended();
            throw thrown;
        }
        if (!followed(http, arrival)) {
            arrival.answered(answer.getStatus());
        }
    }

    /** Whether it is answered later, on another thread; what is said of it then. */
    private static boolean followed(HttpServletRequest http, Arrival arrival) {
        if (!http.isAsyncStarted()) {
            return false;
        }
        try {
            http.getAsyncContext().addListener(new WhenOver(arrival));
            return true;
        } catch (IllegalStateException e) {
            // It was answered just now.
            return false;
        }
    }

    @SuppressWarnings("try") // a scope is there to be closed
    private static void handle(HttpServletRequest http, HttpServletResponse answer, Arrival arrival, FilterChain chain)
            throws IOException, ServletException {
        Marked marked = new Marked(answer, arrival);
        if (http.getDispatcherType() == DispatcherType.ERROR) {
            // The container has set the status, on an answer of its own.
            marked.mark(answer.getStatus());
        }
        // As it is now; a status that is set later brings it up to date.
        arrival.tellLoad(answer::setHeader);
        try (Scope scope = arrival.context().makeCurrent()) {
            chain.doFilter(new Startable(http, marked), marked);
        }
    }

    /** A request whose asynchronous handling answers through us as well. */
    private static final class Startable extends HttpServletRequestWrapper {
        private final ServletResponse marked;

        Startable(HttpServletRequest request, ServletResponse marked) {
            super(request);
            this.marked = marked;
        }

        @Override
        public AsyncContext startAsync() {
            return startAsync(this, marked);
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
            arrival.mark(status, this::setHeader);
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
            return list(request.getHeaderNames());
        }

        @Override
        public @Nullable String get(@Nullable HttpServletRequest request, String name) {
            return request == null ? null : request.getHeader(name);
        }

        @Override
        public Iterator<String> getAll(@Nullable HttpServletRequest request, String name) {
            return request == null
                    ? List.<String>of().iterator()
                    : list(request.getHeaders(name)).iterator();
        }

        /** A container may say null for what it does not want to show. */
        private static List<String> list(@Nullable Enumeration<String> shown) {
            return shown == null ? List.of() : Collections.list(shown);
        }
    }
}
