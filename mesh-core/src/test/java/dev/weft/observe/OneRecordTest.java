package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.ScriptedWire;
import io.micrometer.core.instrument.FunctionTimer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Metrics, span and log read one record: whatever becomes of a call, they say the same of it. */
class OneRecordTest {
    private final Watched watched = new Watched();
    private final ScriptedWire<String> wire = new ScriptedWire<>("fine");

    @AfterEach
    void close() {
        watched.close();
    }

    static Stream<Arguments> everyFateInBothPaces() {
        return Stream.of(AnyPace.values())
                .flatMap(pace -> Stream.of(Fate.values()).map(fate -> Arguments.of(pace, fate)));
    }

    /** A call that ends so: attempts of 5 ms each, and what the layers below would say. */
    private Reply<String> end(Call call, Fate fate, Service<String> attempts) {
        wire.script(attempt -> scripted(fate, attempt).after(Duration.ofMillis(5)));
        return switch (fate) {
            case REJECTED_BREAKER, REJECTED_LIMIT, REJECTED_RATE, REJECTED_AUTHZ, NO_ENDPOINT ->
                new Failure<>(new MeshException(fate, "inventory: no"));
            case FAILED_DEADLINE -> new Failure<>(call.deadlineExceeded("in the test"));
            case CANCELLED -> {
                call.cancel();
                yield new Failure<>(call.cancellation());
            }
            case SUCCESS -> attempts.call(watched.attempt(call));
            default -> {
                Reply<String> first = attempts.call(watched.attempt(call));
                yield first.then(call, (c, outcome) -> {
                    if (fate != Fate.SUCCESS_AFTER_RETRY) {
                        c.fate(fate);
                    }
                    return attempts.call(watched.attempt(c));
                });
            }
        };
    }

    private static Answer<String> scripted(Fate fate, Call attempt) {
        return fate.success() && (attempt.number() == 2 || fate == Fate.SUCCESS)
                ? Answer.ok("fine")
                : Answer.of(Verdict.UNAVAILABLE, 503, "busy");
    }

    @ParameterizedTest
    @MethodSource("everyFateInBothPaces")
    void theySayTheSame(AnyPace pace, Fate fate) {
        Service<String> attempts = watched.attempts(wire);
        Service<String> calls = watched.calls(wire, c -> end(c, fate, attempts));
        Call call = watched.call(pace);

        pace.run(watched.time, calls, call);

        Map<String, String> line = watched.line();
        assertThat(line)
                .containsEntry("fate", fate.label())
                .containsEntry("verdict", call.verdict().label());
        int made = wire.attempts().size();
        assertThat(line).containsEntry("attempts", String.valueOf(made));
        assertThat(line).containsEntry("duration_ms", String.valueOf(5.0 * made));

        FunctionTimer timer = watched.registry
                .get("weft.client.calls")
                .tags("service", "inventory", "route", "none", "protocol", "scripted")
                .functionTimer();
        assertThat(timer.getId().getTag("fate")).isEqualTo(fate.label());
        assertThat(timer.getId().getTag("status")).isEqualTo(wire.statusLabel(call.status()));
        assertThat(line).containsEntry("status", String.valueOf(call.status()));
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(5.0 * made);
        assertThat(watched.registry.get("weft.client.retries").counter().count())
                .isEqualTo(Math.max(0, made - 1));

        List<SpanData> spans = watched.spans();
        SpanData span = spans.get(spans.size() - 1);
        assertThat(span.getKind()).isEqualTo(SpanKind.INTERNAL);
        assertThat(span.getAttributes().get(Words.FATE)).isEqualTo(fate.label());
        assertThat(span.getAttributes().get(Words.ATTEMPTS)).isEqualTo(made);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(fate.success() ? StatusCode.UNSET : StatusCode.ERROR);
        assertThat(span.getAttributes().get(Words.ERROR_TYPE)).isEqualTo(fate.success() ? null : fate.label());
        assertThat(line).containsEntry("trace_id", span.getTraceId()).containsEntry("span_id", span.getSpanId());

        assertThat(spans).hasSize(1 + made);
        assertThat(spans.subList(0, made)).allSatisfy(attempt -> {
            assertThat(attempt.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(attempt.getParentSpanId()).isEqualTo(span.getSpanId());
        });
        double counted = watched.registry.find("weft.client.attempts").functionTimers().stream()
                .mapToDouble(FunctionTimer::count)
                .sum();
        assertThat(counted).isEqualTo(made);
    }
}
