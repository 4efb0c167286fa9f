package dev.weft.storefront;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.weft.Mesh;
import dev.weft.annotation.DeclaredClient;
import dev.weft.policy.Explanation;
import dev.weft.policy.PolicySnapshot;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * For those who run it: {@code /health} for Consul, {@code /metrics} for Prometheus, {@code /mesh} for people.
 * Thread-safe.
 */
final class Admin implements HttpHandler {
    private static final Method STOCK = method(InventoryApi.class, "stock", String.class);

    private final Mesh mesh;
    private final PrometheusMeterRegistry metrics;

    Admin(Mesh mesh, PrometheusMeterRegistry metrics) {
        this.mesh = mesh;
        this.metrics = metrics;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/health" -> health(exchange);
            case "/metrics" -> answer(exchange, 200, metrics.scrape());
            case "/mesh" -> answer(exchange, 200, inForce());
            default -> answer(exchange, 404, "there is /health, /metrics and /mesh\n");
        }
    }

    /** The policy, the stack, why a call is treated as it is, and whom it can go to. */
    private String inForce() {
        StringBuilder text = new StringBuilder()
                .append(mesh.policy().status())
                .append("\n\n")
                .append(mesh.stack())
                .append('\n')
                .append(stock())
                .append('\n');
        mesh.clusters()
                .forEach((service, cluster) -> text.append(service)
                        .append(": ")
                        .append(cluster.nodes())
                        .append('\n'));
        return text.toString();
    }

    /** With what the annotations say; {@code mesh.explain} knows the policy only. */
    private Explanation stock() {
        PolicySnapshot policy = mesh.policy().current();
        DeclaredClient inventory = DeclaredClient.of(InventoryApi.class, policy.settings());
        return policy.explain(inventory.service(), "GET", "/items/lamp", inventory.values(STOCK));
    }

    private static Method method(Class<?> api, String name, Class<?>... parameters) {
        try {
            return api.getDeclaredMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    private void health(HttpExchange exchange) throws IOException {
        List<String> waitingFor = mesh.waitingFor();
        answer(
                exchange,
                waitingFor.isEmpty() ? 200 : 503,
                waitingFor.isEmpty() ? "ready\n" : "waiting for " + String.join("\nwaiting for ", waitingFor) + "\n");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
