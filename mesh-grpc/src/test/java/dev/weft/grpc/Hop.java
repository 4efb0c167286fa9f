package dev.weft.grpc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.call.Criticality;
import dev.weft.call.Deadline;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerInterceptor;
import dev.weft.http.MeshHttp;
import dev.weft.http.server.MeshFilter;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;

/** What one process of a chain does: serves its caller over one protocol, and asks the next over the other. */
final class Hop {
    /** How often an HTTP server that works on writes, and so learns whether its caller is there still. */
    private static final long SIGN_OF_LIFE_MILLIS = 20;

    private final Mesh mesh;
    private final CountDownLatch never = new CountDownLatch(1);
    /** The context of each request that came, in words. */
    final List<String> seen = new CopyOnWriteArrayList<>();
    /** How many callers went away before they had their answer. */
    final AtomicInteger gone = new AtomicInteger();

    Hop(Mesh mesh) {
        this.mesh = mesh;
    }

    static StaticResolver next(String address) {
        return StaticResolver.empty().with("next", address);
    }

    private void see() {
        Context context = Context.current();
        SpanContext span = Span.fromContext(context).getSpanContext();
        Deadline deadline = Deadline.in(context);
        seen.add(String.join(
                " ",
                span.getTraceId(),
                span.getSpanId(),
                deadline == null ? "none" : Long.toString(deadline.remainingNanos()),
                String.valueOf(Baggage.fromContext(context).getEntryValue("tenant")),
                Criticality.in(context).label()));
    }

    /** Over HTTP to the next. */
    Call ask(String path) {
        return MeshHttp.create(mesh)
                .callFactory()
                .newCall(new Request.Builder().url("http://next" + path).build());
    }

    /** Serves HTTP, and asks the next over gRPC. */
    int httpToGrpc() throws IOException {
        Channel next = MeshGrpc.create(mesh).channel("next");
        return http(exchange -> {
            see();
            Future<String> answer = ClientCalls.futureUnaryCall(
                    next.newCall(Replica.GET, CallOptions.DEFAULT),
                    exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(await(answer, out).getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                gone.incrementAndGet();
                answer.cancel(true);
            }
        });
    }

    private static String await(Future<String> answer, OutputStream caller) throws IOException {
        while (true) {
            try {
                return answer.get(SIGN_OF_LIFE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                caller.write(' ');
                caller.flush();
            } catch (ExecutionException | InterruptedException e) {
                return e.toString();
            }
        }
    }

    /** Serves gRPC, and asks the next over HTTP, on the thread that serves. */
    int grpcToHttp() throws IOException {
        Server server = NettyServerBuilder.forAddress(anyPort(), InsecureServerCredentials.create())
                .addService(ServerServiceDefinition.builder("inventory.Inventory")
                        .addMethod(Replica.GET, ServerCalls.asyncUnaryCall(this::pass))
                        .build())
                .intercept(MeshServerInterceptor.of(mesh))
                .build()
                .start();
        return server.getPort();
    }

    /** Serves gRPC, and asks nobody. */
    int echo() throws IOException {
        Server server = NettyServerBuilder.forAddress(anyPort(), InsecureServerCredentials.create())
                .addService(ServerServiceDefinition.builder("inventory.Inventory")
                        .addMethod(Replica.GET, ServerCalls.asyncUnaryCall((asked, caller) -> {
                            caller.onNext(asked);
                            caller.onCompleted();
                        }))
                        .addMethod(Replica.TALK, ServerCalls.asyncBidiStreamingCall(caller -> caller))
                        .build())
                .build()
                .start();
        return server.getPort();
    }

    private void pass(String path, StreamObserver<String> caller) {
        see();
        try (Response response = ask(path).execute()) {
            caller.onNext(response.body().string().trim());
            caller.onCompleted();
        } catch (IOException e) {
            caller.onError(Status.UNAVAILABLE.withCause(e).asRuntimeException());
        }
    }

    /** Serves HTTP: answers {@code /quick}, and works on {@code /slow} until its caller is gone. */
    int last() throws IOException {
        return http(exchange -> {
            see();
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                if (exchange.getRequestURI().getPath().equals("/slow")) {
                    work(out);
                }
                out.write("done".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                gone.incrementAndGet();
            }
        });
    }

    private void work(OutputStream caller) throws IOException {
        try {
            while (!never.await(SIGN_OF_LIFE_MILLIS, TimeUnit.MILLISECONDS)) {
                caller.write(' ');
                caller.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int http(HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(anyPort(), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", (HttpExchange exchange) -> {
                    try (exchange) {
                        handler.handle(exchange);
                    }
                })
                .getFilters()
                .add(MeshFilter.of(mesh));
        server.start();
        return server.getAddress().getPort();
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
