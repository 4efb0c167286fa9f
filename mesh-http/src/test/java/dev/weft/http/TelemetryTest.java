package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.StaticResolver;
import dev.weft.http.server.MeshFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What can be seen of one call that goes through two services, over real HTTP. */
class TelemetryTest {
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setPropagators(ContextPropagators.create(TextMapPropagator.composite(
                    W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
            .build();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger access = (Logger) LoggerFactory.getLogger("weft.access");
    private final MockWebServer stock = new MockWebServer();

    @BeforeEach
    void listen() throws IOException {
        access.setLevel(Level.INFO);
        access.setAdditive(false);
        lines.start();
        access.addAppender(lines);
        stock.start();
    }

    @AfterEach
    void stop() {
        access.detachAppender(lines);
        access.setLevel(null);
        access.setAdditive(true);
        stock.close();
        telemetry.close();
    }

    private static MeshBuilder mesh(String service, int port) {
        return Mesh.builder()
                .resolver(StaticResolver.empty().with(service, "127.0.0.1:" + port))
                .set("log.successes", "100%")
                .drain(Duration.ZERO);
    }

    private static int call(MeshHttp http, String url) throws IOException {
        try (Response response = http.callFactory()
                .newCall(new Request.Builder().url(url).build())
                .execute()) {
            response.body().string();
            return response.code();
        }
    }

    /** The shop, which asks for stock: as {@code inventory} in the caller's words. */
    private static HttpServer shop(Mesh mesh) throws IOException {
        MeshHttp http = MeshHttp.create(mesh);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
                    exchange.sendResponseHeaders(call(http, "http://stock/items?secret=1"), -1);
                    exchange.close();
                })
                .getFilters()
                .add(MeshFilter.of(mesh));
        server.start();
        return server;
    }

    @Test
    @SuppressWarnings("try") // a scope is there to be closed
    void oneTraceOneFateAndOneLineForEachCallAcrossTwoServices() throws Exception {
        stock.enqueue(new MockResponse.Builder().code(503).build());
        stock.enqueue(new MockResponse.Builder().body("7").build());
        try (Mesh inner = mesh("stock", stock.getPort())
                .openTelemetry(telemetry)
                .metrics(new SimpleMeterRegistry())
                .start()) {
            HttpServer shop = shop(inner);
            try (Mesh outer = mesh("shop", shop.getAddress().getPort())
                            .openTelemetry(telemetry)
                            .metrics(registry)
                            .start();
                    Scope scope = Baggage.builder().put("who", "me").build().makeCurrent()) {
                assertThat(call(MeshHttp.create(outer), "http://shop/")).isEqualTo(200);

                await().atMost(Rig.PATIENCE)
                        .until(() -> spans.getFinishedSpanItems().size() == 5);
                assertOneTrace();
                assertMetrics();
                assertLines();
            } finally {
                shop.stop(0);
            }
        }
    }

    private void assertOneTrace() throws InterruptedException {
        List<SpanData> all = spans.getFinishedSpanItems();
        assertThat(all).extracting(SpanData::getTraceId).containsOnly(all.get(0).getTraceId());
        SpanData outerCall = span("GET shop");
        SpanData innerCall = span("GET stock");
        SpanData outerAttempt = children(outerCall).get(0);
        assertThat(outerCall.getParentSpanContext().isValid()).isFalse();
        assertThat(children(outerCall))
                .singleElement()
                .extracting(SpanData::getKind)
                .isEqualTo(SpanKind.CLIENT);
        assertThat(children(outerAttempt)).containsExactly(innerCall);
        assertThat(innerCall.getKind()).isEqualTo(SpanKind.INTERNAL);
        List<SpanData> attempts = children(innerCall);
        assertThat(attempts).extracting(SpanData::getKind).containsExactly(SpanKind.CLIENT, SpanKind.CLIENT);
        assertThat(attempts)
                .extracting(span -> span.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
                .containsExactly(503L, 200L);
        assertThat(attempts.get(1).getAttributes().get(AttributeKey.longKey("http.request.resend_count")))
                .isEqualTo(1);
        assertThat(innerCall.getAttributes().get(AttributeKey.stringKey("weft.fate")))
                .isEqualTo("success_after_retry");
        assertThat(all.toString()).doesNotContain("secret");
        // What the last server is told: the attempt that reached it, and what came along.
        for (SpanData attempt : attempts) {
            RecordedRequest seen = stock.takeRequest();
            assertThat(seen.getHeaders().get("traceparent"))
                    .isEqualTo("00-" + attempt.getTraceId() + "-" + attempt.getSpanId() + "-"
                            + attempt.getSpanContext().getTraceFlags().asHex());
            assertThat(seen.getHeaders().get("baggage")).isEqualTo("who=me");
        }
    }

    private SpanData span(String name) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findAny()
                .orElseThrow();
    }

    private List<SpanData> children(SpanData parent) {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .sorted(Comparator.comparing(SpanData::getStartEpochNanos))
                .toList();
    }

    private void assertMetrics() {
        assertThat(registry.get("weft.client.calls")
                        .tags("service", "shop", "protocol", "http", "fate", "success", "status", "2xx")
                        .functionTimer()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("weft.client.attempts")
                        .tags("service", "shop", "verdict", "ok")
                        .functionTimer()
                        .count())
                .isEqualTo(1);
    }

    private void assertLines() {
        await().atMost(Rig.PATIENCE).until(() -> lines.list.size() == 2);
        Map<String, String> inner = pairs(lines.list.get(0));
        assertThat(inner)
                .containsEntry("service", "stock")
                .containsEntry("protocol", "http")
                .containsEntry("operation", "GET")
                .containsEntry("fate", "success_after_retry")
                .containsEntry("attempts", "2")
                .containsEntry("status", "200")
                .containsEntry("node", "127.0.0.1:" + stock.getPort());
        assertThat(pairs(lines.list.get(1)))
                .containsEntry("service", "shop")
                .containsEntry("fate", "success")
                .containsEntry("trace_id", inner.get("trace_id"));
        assertThat(lines.list).noneMatch(line -> line.toString().contains("secret"));
    }

    private static Map<String, String> pairs(ILoggingEvent line) {
        return line.getKeyValuePairs().stream()
                .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
    }

    @Test
    void withoutTelemetryNothingOfItIsInTheStackAndTheTraceIsForwardedAllTheSame() throws Exception {
        stock.enqueue(new MockResponse.Builder().build());
        try (Mesh mesh = mesh("stock", stock.getPort())
                .openTelemetry(OpenTelemetry.noop())
                .set("log.successes", "0%")
                .start()) {
            HttpServer shop = shop(mesh);
            try {
                String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
                new OkHttpClient()
                        .newCall(new Request.Builder()
                                .url("http://127.0.0.1:" + shop.getAddress().getPort())
                                .header("traceparent", trace)
                                .build())
                        .execute()
                        .close();
                assertThat(stock.takeRequest().getHeaders().get("traceparent")).isEqualTo(trace);
            } finally {
                shop.stop(0);
            }
        }
        assertThat(spans.getFinishedSpanItems()).isEmpty();
        assertThat(lines.list).isEmpty();
    }
}
