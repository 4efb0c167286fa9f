package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.call.Criticality;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerInterceptor;
import dev.weft.http.MeshHttp;
import dev.weft.http.server.MeshFilter;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over HTTP to a first server, from there over gRPC to a second, and over HTTP again to a third. */
@Timeout(60)
@SuppressWarnings("try") // scopes are there to be closed
class CriticalityOverHopsTest {
    private final List<AutoCloseable> open = new ArrayList<>();
    /** What each server was told. */
    private final List<Criticality> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private Mesh mesh(String next, Map<String, String> set) {
        var builder = Mesh.builder()
                .drain(Duration.ofMillis(100))
                .set("deadline.total", "40s")
                .resolver(StaticResolver.empty().with("next", next));
        set.forEach(builder::set);
        Mesh mesh = builder.start();
        open.add(mesh);
        return mesh;
    }

    private String http(Mesh mesh, HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
                    seen.add(Criticality.in(Context.current()));
                    handler.handle(exchange);
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                })
                .getFilters()
                .add(MeshFilter.of(mesh));
        server.start();
        open.add(() -> server.stop(0));
        open.add(threads::shutdownNow);
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private static void get(Mesh mesh) {
        try (Response response = MeshHttp.create(mesh)
                .callFactory()
                .newCall(new Request.Builder().url("http://next/").build())
                .execute()) {
            assertThat(response.code()).isEqualTo(204);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the three servers are told: the first wants to raise what it was told, the second to lower it. */
    private List<Criticality> ask(Criticality said, Map<String, String> policyOfTheFirst) throws IOException {
        Mesh third = mesh("127.0.0.1:1", Map.of());
        Mesh second = mesh(http(third, exchange -> {}), Map.of());
        Replica replica = new Replica(MeshServerInterceptor.of(second), (call, headers) -> {
            seen.add(Criticality.in(Context.current()));
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onHalfClose() {
                    try (Scope scope = Criticality.SHEDDABLE.makeCurrent()) {
                        get(second);
                    }
                    call.sendHeaders(new Metadata());
                    call.sendMessage("done");
                    call.close(Status.OK, new Metadata());
                }
            };
        });
        open.add(replica);
        Mesh first = mesh(replica.address(), policyOfTheFirst);
        Mesh caller = mesh(
                http(first, exchange -> {
                    try (Scope scope = Criticality.CRITICAL_PLUS.makeCurrent()) {
                        ClientCalls.blockingUnaryCall(
                                MeshGrpc.create(first).channel("next"), Replica.GET, CallOptions.DEFAULT, "bolts");
                    }
                }),
                Map.of());
        try (Scope scope = said.makeCurrent()) {
            get(caller);
        }
        return seen;
    }

    @Test
    void aHopMayLowerItAndNotRaiseIt() throws IOException {
        assertThat(ask(Criticality.SHEDDABLE_PLUS, Map.of()))
                .containsExactly(Criticality.SHEDDABLE_PLUS, Criticality.SHEDDABLE_PLUS, Criticality.SHEDDABLE);
    }

    @Test
    void unlessItsPolicyAllowsIt() throws IOException {
        assertThat(ask(Criticality.SHEDDABLE_PLUS, Map.of("raiseCriticality", "true")))
                .containsExactly(Criticality.SHEDDABLE_PLUS, Criticality.CRITICAL_PLUS, Criticality.SHEDDABLE);
    }
}
