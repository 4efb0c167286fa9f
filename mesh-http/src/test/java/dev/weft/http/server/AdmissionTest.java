package dev.weft.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Deadline;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.MeshHttp;
import dev.weft.testkit.Overload;
import dev.weft.testkit.Overload.Came;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server that is asked more than it can: real sockets, and requests that come whether or not it answers. */
class AdmissionTest {
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final List<AutoCloseable> opened = new ArrayList<>();
    /** 200 requests a second. */
    private final Overload overload = new Overload(4, 20_000_000);

    private <T extends AutoCloseable> T open(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    /** A server whose handlers stand in line for what is short. */
    private int busy(Mesh mesh) throws IOException {
        return server(mesh, exchange -> {
            overload.work();
            exchange.sendResponseHeaders(204, -1);
        });
    }

    private int server(@Nullable Mesh mesh, HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        HttpContext context = server.createContext("/", exchange -> {
            handler.handle(exchange);
            exchange.close();
        });
        if (mesh != null) {
            context.getFilters().add(MeshFilter.of(mesh));
        }
        server.start();
        opened.add(() -> server.stop(0));
        opened.add(threads::shutdownNow);
        return server.getAddress().getPort();
    }

    private MeshBuilder builder() {
        return Mesh.builder().drain(Duration.ofMillis(100)).set("server.admission", "enforce");
    }

    /** Callers who ask on, whatever comes of it: one attempt each, and no limit of their own. */
    private MeshHttp callers(int port) {
        return MeshHttp.create(open(builder()
                .set("limits.adaptive", "off")
                .set("ejection.mode", "off")
                .set("retry.attempts", "1")
                .set("hedge.maxExtraLoad", "off")
                .resolver(StaticResolver.empty().with("stock", "127.0.0.1:" + port))
                .start()));
    }

    @SuppressWarnings("try") // a scope is there to be closed
    private static void ask(MeshHttp http, Came came) {
        Call call;
        try (Scope scope = Deadline.within(PATIENCE)) {
            call = http.callFactory()
                    .newCall(new Request.Builder().url("http://stock/").build());
            call.enqueue(new Callback() {
                @Override
                public void onFailure(Call call, IOException e) {
                    came.hasFailed();
                }

                @Override
                public void onResponse(Call call, Response response) {
                    try (response) {
                        if (response.isSuccessful()) {
                            came.isGood();
                        } else if ("overload".equals(response.header("Mesh-Refused"))) {
                            assertThat(response.code()).isEqualTo(503);
                            assertThat(response.header("Retry-After")).isEqualTo("1");
                            came.isRefused();
                        } else {
                            came.hasFailed();
                        }
                    }
                }
            });
        }
    }

    private Came overload(String mode) throws IOException {
        Mesh mesh = open(builder().set("server.admission", mode).start());
        MeshHttp http = callers(busy(mesh));
        Came came = overload.twice(asked -> ask(http, asked));
        await().until(() -> came.over() && mesh.admission().underWay() == 0);
        return came;
    }

    @Test
    void twiceItsCapacityItStillAnswersWhatItCan() throws IOException {
        Came came = overload("enforce");

        // However fast the machine is just now.
        assertThat(came.good()).as("answered in time").isGreaterThan((int) (0.85 * overload.worked()));
        assertThat(came.good()).isGreaterThan((int) (0.4 * overload.capacity() * 4));
        assertThat(came.refused()).isGreaterThan((int) (0.4 * overload.capacity() * 4));
    }

    @Test
    void withoutItItWorksForNobody() throws IOException {
        Came came = overload("off");

        assertThat(came.refused()).isZero();
        assertThat(came.good()).as("answered in time").isLessThan((int) (0.5 * overload.worked()));
    }

    @Test
    void whoIsRefusedByOneServerIsSentToOneOtherAndNoFurther() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        String[] addresses = new String[3];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = "127.0.0.1:" + answering(asked, "Mesh-Refused", "overload", "Retry-After", "1");
        }
        MeshHttp http = MeshHttp.create(open(builder()
                .resolver(StaticResolver.empty().with("stock", addresses))
                .start()));
        Request order = new Request.Builder()
                .url("http://stock/")
                .post(RequestBody.create("bolts", null))
                .build();

        try (Response response = http.callFactory().newCall(order).execute()) {
            assertThat(response.code()).isEqualTo(503);
        }

        assertThat(asked.get()).as("not even a POST has been handled").isEqualTo(2);
    }

    @Test
    void aServerWhoseOwnServersForbidAnotherTryForbidsItToItsCallers() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        int last = answering(asked, "Mesh-Refused", "overload", "Mesh-Retry", "no");
        int third = between(last);
        int second = between(third);
        int status;
        try (Response response = caller(second)
                .newCall(new Request.Builder().url("http://next/").build())
                .execute()) {
            status = response.code();
            assertThat(response.header("Mesh-Retry")).isEqualTo("no");
        }

        assertThat(status).isEqualTo(503);
        assertThat(asked.get())
                .as("through three hops that would each try three times")
                .isEqualTo(1);
    }

    /** A server that asks another for each of its answers. */
    private int between(int next) throws IOException {
        Call.Factory http = caller(next);
        return server(open(builder().start()), exchange -> {
            try (Response response = http.newCall(
                            new Request.Builder().url("http://next/").build())
                    .execute()) {
                exchange.sendResponseHeaders(response.code(), -1);
            }
        });
    }

    private Call.Factory caller(int port) {
        return MeshHttp.create(open(builder()
                        .resolver(StaticResolver.empty().with("next", "127.0.0.1:" + port))
                        .start()))
                .callFactory();
    }

    private int answering(AtomicInteger asked, String... headers) throws IOException {
        return server(null, exchange -> {
            asked.incrementAndGet();
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(503, -1);
        });
    }
}
