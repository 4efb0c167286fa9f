package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and subsets with real servers, each of which answers with its own name. */
@Timeout(120)
class BalancersOverHttpTest {
    private static final int SERVERS = 8;

    private final List<MockWebServer> servers = new ArrayList<>();

    @BeforeEach
    void serve() throws IOException {
        for (int i = 0; i < SERVERS; i++) {
            MockWebServer server = new MockWebServer();
            server.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) {
                    return new MockResponse.Builder()
                            .body("127.0.0.1:" + server.getPort())
                            .build();
                }
            });
            server.start();
            servers.add(server);
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(MockWebServer::close);
    }

    private MeshBuilder mesh() {
        return Mesh.builder()
                .resolver(StaticResolver.empty()
                        .with(
                                "inventory",
                                servers.stream()
                                        .map(server -> "127.0.0.1:" + server.getPort())
                                        .toArray(String[]::new)));
    }

    private static String ask(Call.Factory calls, String user) throws IOException {
        Request request = new Request.Builder()
                .url("http://inventory/items/" + user)
                .header("X-User", user)
                .header("Cookie", "session=" + user)
                .build();
        try (Response response = calls.newCall(request).execute()) {
            return response.body().string();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"header:x-user", "cookie:session", "path:/items/{id}"})
    void callsWithOneKeyGoToOneServerAndToAnotherOnlyOnceThatIsGone(String key) throws IOException {
        // A call that is late on a busy machine would be asked of another server too.
        try (Mesh mesh = mesh().set("balancer.kind", "maglev")
                .set("balancer.hash.key", key)
                .set("hedge.maxExtraLoad", "off")
                .start()) {
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            Set<String> used = new HashSet<>();
            for (int user = 0; user < 40; user++) {
                Set<String> own = new HashSet<>();
                for (int i = 0; i < 3; i++) {
                    own.add(ask(calls, "user-" + user));
                }
                assertThat(own).hasSize(1);
                used.addAll(own);
            }
            assertThat(used).hasSizeGreaterThan(4);

            String home = ask(calls, "ann");
            servers.stream()
                    .filter(server -> home.endsWith(":" + server.getPort()))
                    .forEach(MockWebServer::close);
            // Retries, to the key's second choice. Then the server is ejected, and the table is one without it.
            Cluster cluster = Objects.requireNonNull(mesh.clusters().get("inventory"));
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                assertThat(ask(calls, "ann")).isNotEqualTo(home);
                return cluster.ejections().count() == 1;
            });
            Set<String> instead = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                instead.add(ask(calls, "ann"));
            }
            assertThat(instead).hasSize(1).doesNotContain(home);
        }
    }

    @Test
    void noConnectionIsOpenedToServersOutsideOfTheSubset() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (Mesh mesh = mesh().set("balancer.subset.size", "3").start()) {
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            Set<String> used = new HashSet<>();
            for (int i = 0; i < 200; i++) {
                used.add(ask(calls, "anybody"));
            }
            assertThat(used).hasSize(3);
            Cluster cluster = Objects.requireNonNull(mesh.clusters().get("inventory"));
            assertThat(cluster.nodes().stream().filter(node -> !node.spare()).map(Node::address))
                    .hasSameElementsAs(used);
            servers.stream()
                    .filter(server -> !used.contains("127.0.0.1:" + server.getPort()))
                    .forEach(server -> asked.addAndGet(server.getRequestCount()));
            assertThat(asked).hasValue(0);

            // One of the three goes: another takes its place, and no caller sees it.
            String gone = used.iterator().next();
            servers.stream()
                    .filter(server -> gone.endsWith(":" + server.getPort()))
                    .forEach(MockWebServer::close);
            Set<String> after = new HashSet<>();
            await().atMost(Rig.PATIENCE).until(() -> {
                after.add(ask(calls, "anybody"));
                return after.stream().filter(address -> !used.contains(address)).count() == 1;
            });
        }
    }
}
