package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.server.MeshFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Prequal with real servers: asked beside calls and with answers, over sockets. */
@Timeout(120)
class PrequalOverHttpTest {
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final OkHttpClient plain = new OkHttpClient();

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        threads.shutdownNow();
    }

    /** A server and what came to it. */
    private final class Served {
        final AtomicInteger handled = new AtomicInteger();
        /** What came that is no call of a test's; seen before any filter of ours. */
        final List<String> asked = new CopyOnWriteArrayList<>();

        final HttpServer server;

        Served(Duration takes, boolean answersLoad) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            Mesh own = Mesh.builder().drain(Duration.ZERO).start();
            open.add(own);
            HttpContext context = server.createContext("/", exchange -> {
                if (exchange.getRequestURI().getPath().equals(LoadSignal.PATH)) {
                    exchange.sendResponseHeaders(404, -1);
                } else {
                    handled.incrementAndGet();
                    LockSupport.parkNanos(takes.toNanos());
                    exchange.sendResponseHeaders(204, -1);
                }
                exchange.close();
            });
            context.getFilters().add(seeing());
            if (answersLoad) {
                context.getFilters().add(MeshFilter.of(own));
            }
            server.start();
            open.add(() -> server.stop(0));
        }

        private Filter seeing() {
            return new Filter() {
                @Override
                public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
                    if (exchange.getRequestURI().getPath().equals(LoadSignal.PATH)) {
                        asked.add(exchange.getRequestMethod());
                    }
                    chain.doFilter(exchange);
                }

                @Override
                public String description() {
                    return "sees questions";
                }
            };
        }

        String address() {
            return "127.0.0.1:" + server.getAddress().getPort();
        }
    }

    private Mesh mesh(Served... servers) {
        String[] addresses = new String[servers.length];
        for (int i = 0; i < servers.length; i++) {
            addresses[i] = servers[i].address();
        }
        Mesh mesh = Mesh.builder()
                .drain(Duration.ZERO)
                .set("balancer.kind", "prequal")
                .set("hedge.maxExtraLoad", "off")
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .start();
        open.add(mesh);
        return mesh;
    }

    private static void call(Call.Factory calls) throws IOException {
        Request request = new Request.Builder().url("http://inventory/items").build();
        try (Response response = calls.newCall(request).execute()) {
            assertThat(response.code()).isEqualTo(204);
        }
    }

    @Test
    void theServerSaysHowBusyItIsWhenAskedAndToNobodyElse() throws IOException {
        Served server = new Served(Duration.ofMillis(1), true);
        String url = "http://" + server.address();
        try (Response none = get(url + "/items", null);
                Response asked = get(url + "/items", LoadSignal.ASK);
                Response probed = get(url + LoadSignal.PATH, null)) {
            assertThat(none.header(LoadSignal.HEADER)).isNull();
            assertThat(Objects.requireNonNull(LoadSignal.parse(asked.header(LoadSignal.HEADER)))
                            .inFlight())
                    .isEqualTo(1);
            assertThat(probed.code()).isEqualTo(204);
            await().untilAsserted(() -> {
                try (Response again = get(url + LoadSignal.PATH, null)) {
                    LoadSignal load = Objects.requireNonNull(LoadSignal.parse(again.header(LoadSignal.HEADER)));
                    assertThat(load.inFlight()).isZero();
                    assertThat(load.latencyNanos()).isGreaterThanOrEqualTo(1_000_000);
                }
            });
        }
        assertThat(server.handled).hasValue(2);
    }

    private Response get(String url, @Nullable String asks) throws IOException {
        Request.Builder request = new Request.Builder().url(url);
        if (asks != null) {
            request.header(LoadSignal.HEADER, asks);
        }
        return plain.newCall(request.build()).execute();
    }

    /** One after the other; how many. */
    private static int callForTwoSeconds(Call.Factory calls) throws IOException {
        long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        int made = 0;
        while (System.nanoTime() - end < 0) {
            call(calls);
            made++;
        }
        return made;
    }

    @Test
    void aSlowServerIsAskedBesideTheCallsAndGetsFewOfThem() throws IOException {
        Served slow = new Served(Duration.ofMillis(150), true);
        Served[] servers = {new Served(Duration.ofMillis(1), true), slow, new Served(Duration.ofMillis(1), true)};
        Call.Factory calls = MeshHttp.create(mesh(servers)).callFactory();
        int made = callForTwoSeconds(calls);
        assertThat(slow.handled.get()).as("of %d", made).isLessThanOrEqualTo(Math.max(4, made / 20));
        assertThat(slow.asked).isNotEmpty().hasSizeLessThan(20).containsOnly("GET");
    }

    @Test
    void aServerThatDoesNotKnowTheQuestionIsAskedOnceAndUsedAllTheSame() throws IOException {
        Served slow = new Served(Duration.ofMillis(150), false);
        Served[] servers = {new Served(Duration.ofMillis(1), false), slow, new Served(Duration.ofMillis(1), false)};
        Call.Factory calls = MeshHttp.create(mesh(servers)).callFactory();
        int made = callForTwoSeconds(calls);
        for (Served server : servers) {
            assertThat(server.asked).hasSize(1);
        }
        assertThat(slow.handled.get()).as("of %d", made).isLessThanOrEqualTo(Math.max(4, made / 20));
    }

    @Test
    void nothingIsLeftOfQuestionsWhenTheMeshCloses() throws IOException {
        Served[] servers = {new Served(Duration.ZERO, true), new Served(Duration.ZERO, true)};
        Mesh mesh = mesh(servers);
        Call.Factory calls = MeshHttp.create(mesh).callFactory();
        for (int i = 0; i < 50; i++) {
            call(calls);
        }
        List<Node> nodes =
                Objects.requireNonNull(mesh.clusters().get("inventory")).nodes();
        await().until(() -> nodes.stream().allMatch(node -> node.inFlight() == 0));
        mesh.close();
        assertThat(nodes).allMatch(Node::removed);
    }
}
