package dev.weft.bench.faults.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import dev.weft.http.server.MeshFilter;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 as a service of a chain speaks it: the JDK's server with Weft's inbound filter, and a mesh of its own for what
 * it calls before it answers.
 */
final class HopFront implements Front {
    private static final Logger log = LoggerFactory.getLogger(HopFront.class);
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final InetSocketAddress address;
    private final Replica replica;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Mesh mesh;
    private final Call.@Nullable Factory client;
    private final Request request;
    private @Nullable HttpServer server;

    HopFront(InetSocketAddress address, Replica replica, Fleet fleet) {
        this.address = address;
        this.replica = replica;
        String next = replica.group().calls();
        this.mesh = Mesh.builder()
                .resolver(
                        next.isEmpty()
                                ? StaticResolver.empty()
                                : StaticResolver.empty().with(next, fleet.addresses(next)))
                .start();
        this.client = next.isEmpty() ? null : MeshHttp.create(mesh).callFactory();
        this.request = new Request.Builder()
                .url("http://" + (next.isEmpty() ? "nobody" : next) + "/stock/7")
                .build();
    }

    @Override
    public void open() throws IOException {
        HttpServer fresh = HttpServer.create(address, 1024);
        fresh.setExecutor(threads);
        fresh.createContext("/", this::handle).getFilters().add(MeshFilter.of(mesh));
        fresh.start();
        server = fresh;
    }

    private void handle(HttpExchange exchange) {
        Hop hop = new Hop(exchange, Context.current());
        replica.loop().execute(() -> replica.arrive(hop));
    }

    @Override
    public void die() {
        if (server != null) {
            server.stop(0);
        }
    }

    @Override
    public void drain() {
        die();
    }

    @Override
    public void close() {
        die();
        mesh.close();
        threads.shutdown();
    }

    private final class Hop implements Asked {
        private final HttpExchange exchange;
        private final Context context;

        Hop(HttpExchange exchange, Context context) {
            this.exchange = exchange;
            this.context = context;
        }

        @Override
        public void answer(int status) {
            threads.execute(context.wrap(() -> respond(status)));
        }

        private void respond(int own) {
            Call.Factory calls = client;
            try (exchange) {
                exchange.sendResponseHeaders(own == OK && calls != null ? ask(calls) : own, -1);
            } catch (IOException e) {
                log.debug("nobody waits for the answer", e);
            }
        }

        private int ask(Call.Factory calls) {
            try (Response response = calls.newCall(request).execute()) {
                return response.isSuccessful() ? OK : UNAVAILABLE;
            } catch (IOException e) {
                log.debug("the next hop failed", e);
                return UNAVAILABLE;
            }
        }

        /** The JDK's server finds out when it writes. */
        @Override
        public boolean wanted() {
            return true;
        }
    }
}
