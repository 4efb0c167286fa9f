package dev.weft.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.call.Deadline;
import dev.weft.call.RetriesSpent;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter in a real server, called by a real client. */
class MeshFilterTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private final OkHttpClient plain = new OkHttpClient();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Context> seen = new CopyOnWriteArrayList<>();
    private final Mesh mesh = open(Mesh.builder().drain(Duration.ofMillis(100)).start());

    private <T extends AutoCloseable> T open(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    interface Handling {
        void handle(HttpExchange exchange) throws IOException;
    }

    private int serve(Mesh mesh, Handling handling) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
                    seen.add(Context.current());
                    handling.handle(exchange);
                    exchange.close();
                })
                .getFilters()
                .add(MeshFilter.of(mesh));
        server.start();
        opened.add(() -> server.stop(0));
        opened.add(threads::shutdownNow);
        return server.getAddress().getPort();
    }

    private Response get(int port, String... headers) throws IOException {
        Request.Builder request = new Request.Builder().url("http://127.0.0.1:" + port + "/");
        for (int i = 0; i < headers.length; i += 2) {
            request.addHeader(headers[i], headers[i + 1]);
        }
        return open(plain.newCall(request.build()).execute());
    }

    @Test
    void handlersRunUnderTheCallersDeadlineTraceAndBaggage() throws IOException {
        int port = serve(mesh, exchange -> exchange.sendResponseHeaders(204, -1));

        get(port, "Grpc-Timeout", "30S", "traceparent", "00-" + TRACE + "-b7ad6b7169203331-01", "baggage", "who=me");

        Context context = seen.get(0);
        Deadline deadline = Deadline.in(context);
        assertThat(deadline).isNotNull();
        assertThat(deadline == null ? 0 : deadline.remainingNanos())
                .isBetween(1L, Duration.ofSeconds(30).toNanos());
        assertThat(Span.fromContext(context).getSpanContext().getTraceId()).isEqualTo(TRACE);
        assertThat(Baggage.fromContext(context).getEntryValue("who")).isEqualTo("me");
    }

    @Test
    void aRequestWhoseDeadlineHasPassedIsRefusedAndNotHandled() throws IOException {
        int port = serve(mesh, exchange -> exchange.sendResponseHeaders(204, -1));

        Response response = get(port, "Grpc-Timeout", "0m");

        assertThat(response.code()).isEqualTo(504);
        assertThat(response.header("Mesh-Retry")).isEqualTo("no");
        assertThat(seen).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5m", "soon", "999999999S", "5", "m"})
    void aMalformedDeadlineIsNone(String timeout) throws IOException {
        int port = serve(mesh, exchange -> exchange.sendResponseHeaders(204, -1));

        assertThat(get(port, "Grpc-Timeout", timeout).code()).isEqualTo(204);
        assertThat(Deadline.in(seen.get(0))).isNull();
    }

    @Test
    void aServerThatTriedInVainTellsItsCallerNotTo() throws IOException {
        int port = serve(mesh, exchange -> {
            RetriesSpent.tell(Context.current());
            exchange.sendResponseHeaders(503, -1);
        });

        assertThat(get(port).header("Mesh-Retry")).isEqualTo("no");
    }

    @Test
    void attemptsDoNotMultiplyFromHopToHop() throws IOException {
        List<Context> last = new CopyOnWriteArrayList<>();
        int deep = serve(mesh, exchange -> {
            last.add(Context.current());
            exchange.sendResponseHeaders(503, -1);
        });
        Mesh middleMesh = mesh("deep", deep);
        MeshHttp toDeep = MeshHttp.create(middleMesh);
        int middle = serve(middleMesh, exchange -> exchange.sendResponseHeaders(call(toDeep, "http://deep/"), -1));
        MeshHttp toMiddle = MeshHttp.create(mesh("middle", middle));

        assertThat(call(toMiddle, "http://middle/")).isEqualTo(503);
        assertThat(last).as("three attempts at the last hop, not nine").hasSize(3);
    }

    private Mesh mesh(String service, int port) {
        return open(Mesh.builder()
                .drain(Duration.ofMillis(100))
                .resolver(StaticResolver.empty().with(service, "127.0.0.1:" + port))
                .start());
    }

    private static int call(MeshHttp http, String url) throws IOException {
        try (Response response = http.callFactory()
                .newCall(new Request.Builder().url(url).build())
                .execute()) {
            return response.code();
        }
    }
}
