package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.weft.call.Criticality;
import dev.weft.call.Deadline;
import dev.weft.testkit.FakeTime;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PropagationTest {
    private static final String TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
    private static final String SPAN = "e457b5a2e4d86bd1";
    private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

    private final FakeTime time = new FakeTime();
    private final Propagation propagation = Propagation.of(OpenTelemetry.noop());

    private Context extract(HeaderList in) {
        return propagation.extract(Context.root(), in, HeaderList.GETTER, time);
    }

    private static SpanContext span(Context context) {
        return Span.fromContext(context).getSpanContext();
    }

    private static HeaderList with(String name, String value) {
        return new HeaderList().add(name, value);
    }

    @Test
    void withoutHeadersTheContextIsTheSame() {
        assertThat(extract(new HeaderList())).isSameAs(Context.root());
    }

    private static SpanContext here(String trace) {
        return SpanContext.create(trace, "0000000000000001", TraceFlags.getSampled(), TraceState.getDefault());
    }

    @Test
    void aSpanThatWasMadeHereForTheRequestStaysItsCallsParent() {
        Context made = Context.root().with(Span.wrap(here(TRACE)));
        HeaderList in = with("traceparent", PARENT).add("baggage", "user=7");

        Context context = propagation.extract(made, in, HeaderList.GETTER, time);

        assertThat(span(context)).isEqualTo(here(TRACE));
        assertThat(Baggage.fromContext(context).getEntryValue("user")).isEqualTo("7");
    }

    @Test
    void aSpanOfAnotherTraceGivesWayToTheCallers() {
        Context other = Context.root().with(Span.wrap(here("00000000000000000000000000000001")));

        Context context = propagation.extract(other, with("traceparent", PARENT), HeaderList.GETTER, time);

        assertThat(span(context).getSpanId()).isEqualTo(SPAN);
    }

    // B3

    @ParameterizedTest
    @CsvSource({
        "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1, true",
        "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-0, false",
        "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-d, true",
        "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90, true"
    })
    void oneB3HeaderIsRead(String b3, boolean sampled) {
        SpanContext span = span(extract(with("b3", b3)));
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getSpanId()).isEqualTo(SPAN);
        assertThat(span.isSampled()).isEqualTo(sampled);
    }

    @Test
    void manyB3HeadersAreRead() {
        SpanContext span = span(extract(with("X-B3-TraceId", "64fe8b2a57d3eff7")
                .add("X-B3-SpanId", SPAN)
                .add("X-B3-Sampled", "1")));
        assertThat(span.getTraceId()).isEqualTo("000000000000000064fe8b2a57d3eff7");
        assertThat(span.isSampled()).isTrue();
    }

    @Test
    void w3cComesBeforeB3() {
        String b3 = "11111111111111111111111111111111-2222222222222222-1";
        assertThat(span(extract(with("b3", b3).add("traceparent", PARENT))).getTraceId())
                .isEqualTo(TRACE);
        assertThat(span(extract(with("b3", b3).add("traceparent", "nonsense"))).getTraceId())
                .isEqualTo("11111111111111111111111111111111");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "1",
                "d",
                "-",
                "---",
                "80f198ee56343ba864fe8b2a57d3eff7",
                "80f198ee56343ba864fe8b2a57d3eff7-",
                "zzzz98ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1",
                "00000000000000000000000000000000-e457b5a2e4d86bd1-1",
                "80f198ee56343ba864fe8b2a57d3eff7-0000000000000000-1"
            })
    void malformedB3IsIgnored(String b3) {
        assertThat(span(extract(with("b3", b3))).isValid()).isFalse();
    }

    @Test
    void aGivenPropagatorIsUsedForWhatGoesOut() {
        OpenTelemetry b3 = OpenTelemetrySdk.builder()
                .setPropagators(ContextPropagators.create(B3Propagator.injectingSingleHeader()))
                .build();
        HeaderList out = new HeaderList();
        Propagation.of(b3).inject(extract(with("traceparent", PARENT)), out, HeaderList.SETTER);
        assertThat(out.only("b3")).isEqualTo(TRACE + "-" + SPAN + "-1");
        assertThat(out.all("traceparent")).isEmpty();
    }

    @Test
    void aCallersOwnSpanIsKeptWhereTheHeadersSayNothing() {
        Context current = extract(with("traceparent", PARENT));
        Context same = propagation.extract(current, new HeaderList(), HeaderList.GETTER, time);
        assertThat(span(same)).isSameAs(span(current));
    }

    // baggage

    @Test
    void baggageIsForwardedWithItsProperties() {
        Context context = extract(
                with("baggage", "user=a%20b;ttl=3,criticality=sheddable").add("baggage", "tenant=7"));
        Baggage baggage = Baggage.fromContext(context);
        assertThat(baggage.getEntryValue("user")).isEqualTo("a b");
        assertThat(baggage.getEntryValue("tenant")).isEqualTo("7");
        assertThat(Criticality.in(context)).isEqualTo(Criticality.SHEDDABLE);
        HeaderList out = new HeaderList();
        propagation.inject(context, out, HeaderList.SETTER);
        assertThat(out.only("baggage").split(","))
                .containsExactlyInAnyOrder("user=a%20b;ttl=3", "criticality=sheddable", "tenant=7");
    }

    @Test
    void whatIsMalformedIsLeftOutAndItsNeighboursStay() {
        for (String bad : List.of(
                "",
                "novalue",
                "=1",
                "ke y=1",
                "k=v w",
                "k=\u00e9",
                "\u00fc=1",
                "k=%",
                "k=%2",
                "k=%zz",
                "k=\"quoted\"",
                "k=a\\b",
                "k=\u0000",
                "k=1;\u00e9",
                "k[=1")) {
            Baggage baggage = Baggage.fromContext(extract(with("baggage", "a=1," + bad + ",b=2")));
            assertThat(baggage.asMap().keySet()).as("beside '%s'", bad).containsExactlyInAnyOrder("a", "b");
        }
    }

    @Test
    void sixtyFourMembersAndNotOneMore() {
        String members = IntStream.range(0, 70).mapToObj(i -> "k" + i + "=" + i).collect(Collectors.joining(","));
        Baggage baggage = Baggage.fromContext(extract(with("baggage", members)));
        assertThat(baggage.size()).isEqualTo(64);
        assertThat(baggage.getEntryValue("k63")).isEqualTo("63");
    }

    @Test
    void eightThousandBytesInOneHeaderOrManyAndNotMore() {
        String large = "x".repeat(4000);
        Baggage one =
                Baggage.fromContext(extract(with("baggage", "a=" + large + ",b=" + large + ",c=" + large + ",d=1")));
        assertThat(one.asMap().keySet()).containsExactlyInAnyOrder("a", "b", "d");
        Baggage many = Baggage.fromContext(extract(
                with("baggage", "a=" + large).add("baggage", "b=" + large).add("baggage", "c=" + large)));
        assertThat(many.asMap().keySet()).containsExactlyInAnyOrder("a", "b");
        assertThat(Baggage.fromContext(extract(with("baggage", "a=" + "x".repeat(1 << 20))))
                        .isEmpty())
                .isTrue();
    }

    // deadline

    @ParameterizedTest
    @CsvSource({"300m, , 300", "2S, 700, 2000", ", 700, 700", "rubbish, 700, 700", "0m, , 0"})
    void theDeadlineIsRestored(String grpc, String envoy, long millis) {
        HeaderList in = new HeaderList();
        if (grpc != null) {
            in.add("Grpc-Timeout", grpc);
        }
        if (envoy != null) {
            in.add("X-Envoy-Expected-Rq-Timeout-Ms", envoy);
        }
        assertThat(Deadline.in(extract(in))).isEqualTo(Deadline.after(Duration.ofMillis(millis), time));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "300", "-1S", "999999999S", "1S;2S", "\u0661S"})
    void aMalformedDeadlineIsNone(String grpc) {
        assertThat(Deadline.in(extract(with("grpc-timeout", grpc)))).isNull();
    }

    @Test
    void twoDeadlinesAreNone() {
        assertThat(Deadline.in(extract(with("grpc-timeout", "1S").add("grpc-timeout", "2S"))))
                .isNull();
    }

    @Test
    void aHopCanOnlyShortenTheDeadline() {
        Context mine = Context.root().with(Deadline.after(Duration.ofMillis(100), time));
        Context later = propagation.extract(mine, with("grpc-timeout", "1S"), HeaderList.GETTER, time);
        assertThat(Deadline.in(later)).isEqualTo(Deadline.in(mine));
    }

    // anything

    @Test
    void nothingFromOutsideIsEverThrownOrWarnedAbout() {
        List<String> names = List.of(
                "traceparent",
                "tracestate",
                "baggage",
                "b3",
                "X-B3-TraceId",
                "X-B3-SpanId",
                "grpc-timeout",
                "x-envoy-expected-rq-timeout-ms");
        List<String> seeds = List.of(
                PARENT, "foo=1,bar=2", "user=a%20b;p=1,k=v", TRACE + "-" + SPAN + "-1", TRACE, SPAN, "300m", "250");
        long seed = 20_260_102;
        Random random = new Random(seed);
        List<String> warnings = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLevel().intValue() >= java.util.logging.Level.INFO.intValue()) {
                    warnings.add(record.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger otel = Logger.getLogger("io.opentelemetry");
        otel.addHandler(handler);
        try {
            for (int round = 0; round < 20_000; round++) {
                HeaderList in = new HeaderList();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    in.add(
                            names.get(random.nextInt(names.size())),
                            mutated(seeds.get(random.nextInt(seeds.size())), random));
                }
                int at = round;
                assertThatCode(() -> propagation.inject(extract(in), new HeaderList(), HeaderList.SETTER))
                        .as("seed %d round %d", seed, at)
                        .doesNotThrowAnyException();
            }
        } finally {
            otel.removeHandler(handler);
        }
        assertThat(warnings).as("seed %d", seed).isEmpty();
    }

    private static String mutated(String text, Random random) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = random.nextInt(4); i > 0 && changed.length() > 0; i--) {
            int at = random.nextInt(changed.length());
            switch (random.nextInt(4)) {
                case 0 -> changed.deleteCharAt(at);
                case 1 -> changed.insert(at, (char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
                case 2 -> changed.setCharAt(at, ",;=-%@ \t\"\\".charAt(random.nextInt(10)));
                default -> changed.append(changed, at, changed.length());
            }
        }
        return changed.toString();
    }
}
