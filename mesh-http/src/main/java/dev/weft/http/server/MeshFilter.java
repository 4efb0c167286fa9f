package dev.weft.http.server;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.weft.Mesh;
import dev.weft.endpoint.LoadSignal;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For the JDK's {@code HttpServer}: handlers run under the caller's deadline, trace and baggage, which their own calls
 * inherit; a request whose deadline has passed is answered with 504 and not handled, with 503 while this process has
 * more to do than it can ({@link Mesh#admission}), with 429 when it comes faster than policy allows ({@code server.rate}).
 * Callers that balance by it are told how busy this process is ({@link LoadSignal}). A handler that goes on with the exchange
 * on a thread of its own must answer or close it, as ever. Thread-safe.
 *
 * <pre>{@code
 * server.createContext("/", handler).getFilters().add(MeshFilter.of(mesh));
 * }</pre>
 */
public final class MeshFilter extends Filter {
    private final Mesh mesh;

    private MeshFilter(Mesh mesh) {
        this.mesh = mesh;
    }

    public static MeshFilter of(Mesh mesh) {
        return new MeshFilter(mesh);
    }

    @Override
    @SuppressWarnings("try") // a scope is there to be closed
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
        if (LoadSignal.PATH.equals(exchange.getRequestURI().getPath())) {
            exchange.getResponseHeaders()
                    .set(LoadSignal.HEADER, mesh.serverLoad().now().text());
            exchange.sendResponseHeaders(Arrival.LOAD_STATUS, -1);
            exchange.close();
            return;
        }
        Arrival arrival = Arrival.of(exchange.getRequestHeaders(), HeadersGetter.INSTANCE, mesh);
        if (arrival.refused()) {
            exchange.sendResponseHeaders(arrival.refuse(exchange.getResponseHeaders()::set), -1);
            exchange.close();
            return;
        }
        try (Scope scope = arrival.context().makeCurrent()) {
            String wait = ServerRates.refuses(mesh.serverRate(), exchange, arrival.context());
            if (wait == null) {
                chain.doFilter(MarkedExchange.of(exchange, arrival));
                return;
            }
            arrival.ended();
            exchange.getResponseHeaders().set(ServerRates.RETRY_AFTER, wait);
            exchange.sendResponseHeaders(ServerRates.STATUS, -1);
            exchange.close();
        } catch (Throwable thrown) {
            arrival.ended();
            throw thrown;
        }
    }

    @Override
    public String description() {
        return "restores the caller's deadline, trace and baggage";
    }

    private enum HeadersGetter implements TextMapGetter<Headers> {
        INSTANCE;

        @Override
        @SuppressWarnings("deprecation") // abstract all the same
        public Iterable<String> keys(Headers headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Headers headers, String name) {
            return headers == null ? null : headers.getFirst(name);
        }

        @Override
        public Iterator<String> getAll(@Nullable Headers headers, String name) {
            List<String> values = headers == null ? null : headers.get(name);
            return values == null ? List.<String>of().iterator() : values.iterator();
        }
    }
}
