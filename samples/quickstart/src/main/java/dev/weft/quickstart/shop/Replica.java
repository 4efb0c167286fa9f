package dev.weft.quickstart.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;

/**
 * A replica of inventory or of pricing: the JDK's HTTP server in a process of its own. Its standard input takes the
 * day's faults, and its end ends the replica.
 */
public final class Replica {
    /** The header that tells who answered. */
    public static final String NAME_HEADER = "X-Replica";

    /** The header that tells as whom the caller was known; empty where nobody proves who he is. */
    public static final String CALLER_HEADER = "X-Caller";

    private static final Duration PATIENCE = Duration.ofSeconds(25);

    private final String name;
    private final Membership membership;
    private final Ailment ailment = new Ailment();

    private Replica(String name, Membership membership) {
        this.name = name;
        this.membership = membership;
    }

    /** @param args its name, such as {@code inventory-1}, its port, 0 for any, and where Consul is, if there is one */
    public static void main(String[] args) throws IOException {
        String consul = args.length > 2 ? args[2] : null;
        try (Membership membership = new Membership(args[0], consul, PATIENCE)) {
            new Replica(args[0], membership).serve(Integer.parseInt(args[1]));
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private void serve(int port) throws IOException {
        HttpServer server = membership.server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::answer).getFilters().add(membership.filter());
        server.start();
        membership.join(server.getAddress().getPort());
        System.out.println(server.getAddress().getPort());
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            ailment.take(command);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            ailment.delay();
            String item = exchange.getRequestURI().getPath().replaceFirst(".*/", "");
            boolean failing = ailment.fails();
            byte[] body = (failing ? "out of order" : json(item)).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set(NAME_HEADER, name);
            exchange.getResponseHeaders().set(CALLER_HEADER, membership.caller(exchange));
            exchange.getResponseHeaders().set("Content-Type", failing ? "text/plain" : "application/json");
            exchange.sendResponseHeaders(failing ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private String json(String item) {
        int number = 10 + item.length();
        return name.startsWith("inventory")
                ? "{\"item\": \"" + item + "\", \"left\": " + number + "}"
                : "{\"item\": \"" + item + "\", \"cents\": " + number * 99 + "}";
    }
}
