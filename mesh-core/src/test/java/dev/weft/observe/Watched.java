package dev.weft.observe;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.call.Call;
import dev.weft.call.Ends;
import dev.weft.call.Outcome;
import dev.weft.call.Pauses;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.policy.Layer;
import dev.weft.policy.Origin;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import dev.weft.stack.ServiceState;
import dev.weft.stack.Slot;
import dev.weft.stack.Stack;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The three that watch, around whatever a test puts below them, and all that they saw. */
final class Watched implements AutoCloseable {
    /** One for all calls, as a route has. */
    private final Ends ends = new Ends(new Pauses());

    static final Endpoint ENDPOINT = Endpoint.of("10.0.0.1", 8080);

    final FakeTime time = new FakeTime();
    final MeterRegistry registry = new SimpleMeterRegistry();
    final ServiceState state = new ServiceState();
    final Cluster cluster = new Cluster("inventory", time);
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final OpenTelemetry openTelemetry;
    private final Logger logger = (Logger) LoggerFactory.getLogger("weft.access");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private boolean buckets;
    private Policy policy = Policy.builtIn("inventory").with(LogLayer.SUCCESSES, 1.0, Origin.BUILT_IN);

    Watched() {
        this(null);
    }

    /** With a tracer other than the one whose spans are seen. */
    Watched(@Nullable OpenTelemetry other) {
        openTelemetry = other == null ? sdk : other;
        cluster.endpoints(List.of(ENDPOINT));
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        lines.start();
        logger.addAppender(lines);
    }

    Watched buckets() {
        buckets = true;
        return this;
    }

    Watched logSuccesses(double ratio) {
        policy = policy.with(LogLayer.SUCCESSES, ratio, new Origin(Layer.SERVICE, "test"));
        return this;
    }

    /** The logical half over {@code below}, which makes the attempts. */
    <R> Service<R> calls(Wire<R> wire, Service<R> below) {
        return Stack.empty()
                .then(Slot.LOG, new LogLayer())
                .then(Slot.TRACE, TraceLayer.ofCalls(openTelemetry))
                .then(Slot.METRICS, MetricsLayer.ofCalls(registry, buckets))
                .build(fit(new Below<>(wire, below)));
    }

    /** The half of one attempt, over the wire. */
    <R> Service<R> attempts(Wire<R> wire) {
        return Stack.empty()
                .then(Slot.ATTEMPT, TraceLayer.ofAttempts(openTelemetry))
                .then(Slot.ATTEMPT, MetricsLayer.ofAttempts(registry, buckets))
                .build(fit(wire));
    }

    private <R> Fit<R> fit(Wire<R> wire) {
        return new Fit<>(policy, cluster, wire, time, new Random(1), state);
    }

    Call call(AnyPace pace) {
        return call(pace, Context.root());
    }

    Call call(AnyPace pace, Context context) {
        return new Call("request", policy, pace.on(time), context, ends);
    }

    /** An attempt at the only node. */
    Call attempt(Call call) {
        Call attempt = call.newAttempt();
        attempt.node(cluster.nodes().get(0));
        return attempt;
    }

    List<SpanData> spans() {
        return exporter.getFinishedSpanItems();
    }

    List<ILoggingEvent> lines() {
        return List.copyOf(lines.list);
    }

    /** The key-value pairs of the only line. */
    Map<String, String> line() {
        if (lines.list.size() != 1) {
            throw new AssertionError("one line was expected: " + lines.list);
        }
        return lines.list.get(0).getKeyValuePairs().stream()
                .collect(Collectors.toMap(
                        pair -> pair.key, pair -> String.valueOf(pair.value), (a, b) -> a, TreeMap::new));
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
        logger.setLevel(null);
        logger.setAdditive(true);
        sdk.close();
    }

    /** A wire in all but what is called. */
    private record Below<R>(Wire<R> wire, Service<R> service) implements Wire<R> {
        @Override
        public Reply<R> call(Call call) {
            return service.call(call);
        }

        @Override
        public String protocol() {
            return wire.protocol();
        }

        @Override
        public boolean replayable(Call call) {
            return wire.replayable(call);
        }

        @Override
        public boolean idempotent(Call call) {
            return wire.idempotent(call);
        }

        @Override
        public Pushback pushback(Call attempt, Outcome<R> outcome) {
            return wire.pushback(attempt, outcome);
        }

        @Override
        public void discard(R response) {
            wire.discard(response);
        }

        @Override
        public String operation(Call call) {
            return wire.operation(call);
        }
    }
}
