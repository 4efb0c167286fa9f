package dev.weft.storefront;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.Mesh;
import dev.weft.call.Deadline;
import dev.weft.consul.Consul;
import dev.weft.consul.Registration;
import dev.weft.http.server.MeshFilter;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Another team's service: real mTLS, a place in the catalog, and answers as they are wanted. */
final class Neighbour implements AutoCloseable {
    /** A request that came. */
    record Visit(
            String method,
            String path,
            String caller,
            String traceId,
            @Nullable Deadline deadline) {}

    private final List<Visit> visits = new CopyOnWriteArrayList<>();
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Mesh mesh;
    private final ServerTls tls;
    private final HttpsServer server;
    private volatile HttpHandler answers;

    Neighbour(String consulUrl, String name, HttpHandler answers) throws IOException {
        this.answers = answers;
        Consul consul = Consul.connect(consulUrl);
        this.mesh = Mesh.builder()
                .drain(Duration.ZERO)
                .identity(consul.identity(name))
                .with(m -> consul)
                .start();
        this.tls = new ServerTls(Objects.requireNonNull(mesh.identity()), TlsMode.STRICT, mesh.time());
        this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        server.setExecutor(workers);
        server.createContext("/", this::handle).getFilters().add(MeshFilter.of(mesh));
        server.start();
        consul.register(Registration.of(name, server.getAddress().getPort())
                .address("127.0.0.1")
                .connectNative());
    }

    /** Answers so from now on, and forgets who came before. */
    void answer(HttpHandler next) {
        answers = next;
        visits.clear();
    }

    List<Visit> visits() {
        return visits;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            visits.add(new Visit(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    String.valueOf(tls.client(((HttpsExchange) exchange).getSSLSession())),
                    Span.current().getSpanContext().getTraceId(),
                    Deadline.in(Context.current())));
            answers.handle(exchange);
        }
    }

    /** An answer in JSON, to whatever is asked. */
    static HttpHandler json(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    @Override
    public void close() {
        mesh.close();
        server.stop(0);
        workers.shutdownNow();
    }
}
