package dev.weft.grpc;

import dev.weft.Mesh;
import dev.weft.call.Criticality;
import dev.weft.call.Deadline;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** A process of a chain: says its port, then answers each line that it is told with one; ends when its input does. */
public final class HopMain {
    private static final AttributeKey<String> FATE = AttributeKey.stringKey("weft.fate");

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final Hop hop;
    private @Nullable Call asked;
    private volatile String answer = "";

    private HopMain(String next) {
        OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .setPropagators(ContextPropagators.create(TextMapPropagator.composite(
                        W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
                .build();
        hop = new Hop(Mesh.builder()
                .openTelemetry(telemetry)
                .set("deadline.total", "100s")
                .resolver(Hop.next(next))
                .start());
    }

    /**
     * Starts it.
     *
     * @param args what it is, {@code caller}, {@code http}, {@code grpc}, {@code last} or {@code echo}, and the address of the next
     */
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        // What is logged goes elsewhere.
        System.setOut(System.err);
        HopMain process = new HopMain(args[1]);
        out.println(process.start(args[0]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = in.readLine()) != null) {
            out.println(process.told(line));
        }
        System.exit(0);
    }

    private int start(String what) throws IOException {
        return switch (what) {
            case "caller" -> 0;
            case "http" -> hop.httpToGrpc();
            case "grpc" -> hop.grpcToHttp();
            case "last" -> hop.last();
            case "echo" -> hop.echo();
            default -> throw new IllegalArgumentException(what);
        };
    }

    private String told(String line) {
        return switch (line) {
            case "seen" -> String.join(";", hop.seen);
            case "gone" -> hop.gone.toString();
            case "spans" -> inWords(spans.getFinishedSpanItems());
            case "answer" -> answer;
            case "cancel" -> cancel();
            default -> ask(line);
        };
    }

    private static String inWords(List<SpanData> ended) {
        return ended.stream()
                .map(span -> String.join(
                        " ",
                        span.getKind().name(),
                        span.getTraceId(),
                        span.getSpanId(),
                        span.getParentSpanId(),
                        String.valueOf(span.getAttributes().get(FATE))))
                .collect(Collectors.joining(";"));
    }

    /** Begins a call, with all that should reach the last of the chain. */
    @SuppressWarnings("try") // scopes are there to be closed
    private String ask(String path) {
        Context context = Context.current()
                .with(Baggage.builder().put("tenant", "blue").build())
                .with(Criticality.SHEDDABLE_PLUS)
                .with(Deadline.after(Duration.ofSeconds(90)));
        try (Scope scope = context.makeCurrent()) {
            Call call = hop.ask(path);
            asked = call;
            call.enqueue(new Callback() {
                @Override
                public void onResponse(Call answered, Response response) throws IOException {
                    try (response) {
                        answer =
                                response.code() + " " + response.body().string().trim();
                    }
                }

                @Override
                public void onFailure(Call failed, IOException e) {
                    answer = e.toString();
                }
            });
        }
        return "asked";
    }

    private String cancel() {
        Call call = asked;
        if (call != null) {
            call.cancel();
        }
        return "cancelled";
    }
}
