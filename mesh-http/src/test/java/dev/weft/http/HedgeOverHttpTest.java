package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two real servers, one of which keeps silent: the answer of the other is there although the first never comes. */
class HedgeOverHttpTest {
    private final MockWebServer one = new MockWebServer();
    private final MockWebServer two = new MockWebServer();
    private final AtomicInteger silent = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);

    @BeforeEach
    void serve() throws IOException {
        for (MockWebServer server : new MockWebServer[] {one, two}) {
            server.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                    // Whoever is asked first for this path never answers.
                    if (request.getUrl().encodedPath().equals("/late") && silent.incrementAndGet() == 1) {
                        end.await();
                    }
                    return new MockResponse.Builder().body("fine").build();
                }
            });
            server.start();
        }
    }

    @AfterEach
    void stop() {
        end.countDown();
        one.close();
        two.close();
    }

    private static String answer(Call call, boolean blocking) throws Exception {
        if (blocking) {
            try (Response response = call.execute()) {
                return response.body().string();
            }
        }
        CompletableFuture<String> answer = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failed, IOException e) {
                answer.completeExceptionally(e);
            }

            @Override
            public void onResponse(Call answered, Response response) throws IOException {
                try (response) {
                    answer.complete(response.body().string());
                }
            }
        });
        return answer.get(Rig.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theSecondLegAnswersAndTheFirstIsCutOff(boolean blocking) throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty()
                        .with("inventory", "127.0.0.1:" + one.getPort(), "127.0.0.1:" + two.getPort()))
                .metrics(registry)
                .set("hedge.maxExtraLoad", "10%")
                .set("deadline.total", "5m")
                .start()) {
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            Request usual = new Request.Builder().url("http://inventory/stock").build();
            // What is late is known after some three seconds of traffic.
            await().atMost(Rig.PATIENCE).until(() -> {
                for (int i = 0; i < 50; i++) {
                    assertThat(answer(calls.newCall(usual), blocking)).isEqualTo("fine");
                }
                return registry.get("weft.client.hedge.delay").gauge().value() > 0;
            });

            // And is paid for, whatever was hedged meanwhile on a busy machine.
            for (int i = 0; i < 200; i++) {
                assertThat(answer(calls.newCall(usual), blocking)).isEqualTo("fine");
            }

            Request late = new Request.Builder().url("http://inventory/late").build();
            assertThat(answer(calls.newCall(late), blocking)).isEqualTo("fine");

            assertThat(silent).hasValue(2);
            assertThat(registry.find("weft.client.calls")
                            .tag("fate", "success_by_hedge")
                            .meters())
                    .isNotEmpty();
            await().atMost(Rig.PATIENCE)
                    .untilAsserted(() -> assertThat(mesh.clusters().values())
                            .flatExtracting(Cluster::nodes)
                            .extracting(Node::inFlight)
                            .containsOnly(0));
        }
    }
}
