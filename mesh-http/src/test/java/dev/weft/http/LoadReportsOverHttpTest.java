package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What servers say of their load in headers. */
@Timeout(120)
class LoadReportsOverHttpTest {
    private static final LoadReport REPORT = new LoadReport(0.7, 0.3, 120, 0, Map.of());

    private static void call(Call.Factory calls) throws IOException {
        try (Response response = calls.newCall(
                        new Request.Builder().url("http://inventory/items").build())
                .execute()) {
            assertThat(response.body().string()).isEqualTo("bolts");
        }
    }

    private static MockResponse answer(String report) {
        return new MockResponse.Builder()
                .addHeader("Endpoint-Load-Metrics", report)
                .body("bolts")
                .build();
    }

    @Test
    void everyFormIsReadAndWhatIsNoneHarmsNobody() throws IOException {
        try (MockWebServer server = new MockWebServer()) {
            server.start();
            for (String report : new String[] {
                "TEXT cpu_utilization=0.3,application_utilization=0.7,rps_fractional=120",
                "JSON {\"cpu_utilization\":0.3,\"application_utilization\":0.7,\"rps_fractional\":120}",
                "BIN CTMzMzMzM9M/MQAAAAAAAF5ASWZmZmZmZuY/",
            }) {
                try (Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("balancer.kind", "weightedRoundRobin")
                        .resolver(StaticResolver.empty().with("inventory", "localhost:" + server.getPort()))
                        .start()) {
                    Call.Factory calls = MeshHttp.create(mesh).callFactory();
                    for (String bad : new String[] {"JSON {", "TEXT cpu=NaN,qps=-1", "BIN !", "x".repeat(60_000)}) {
                        server.enqueue(answer(bad));
                        call(calls);
                        assertThat(node(mesh).reported()).as(bad).isNull();
                    }
                    server.enqueue(answer(report));
                    call(calls);
                    await().until(() -> node(mesh).reported() != null);
                    assertThat(Objects.requireNonNull(node(mesh).reported()).report())
                            .as(report)
                            .isEqualTo(REPORT);
                }
            }
        }
    }

    private static Node node(Mesh mesh) {
        return Objects.requireNonNull(mesh.clusters().get("inventory")).nodes().get(0);
    }
}
