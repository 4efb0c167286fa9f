package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import dev.weft.stack.ServiceState;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TraceLayerTest {
    private final Watched watched = new Watched();
    private final ScriptedWire<String> wire = new ScriptedWire<>("fine").protocol("http");
    private final Service<String> attempts = watched.attempts(wire);

    @AfterEach
    void close() {
        watched.close();
    }

    private Reply<String> once(Call call) {
        return attempts.call(watched.attempt(call));
    }

    private Reply<String> twice(Call call) {
        return once(call).then(call, (c, outcome) -> once(c));
    }

    private SpanData attemptSpan(int index) {
        return watched.spans().get(index);
    }

    @Test
    void withoutTracingTheLayerIsAbsent() {
        Fit<String> fit = new Fit<>(
                Policy.builtIn("inventory"), watched.cluster, wire, watched.time, new Random(1), new ServiceState());
        assertThat(TraceLayer.ofCalls(OpenTelemetry.noop()).filter(fit)).isNull();
        assertThat(TraceLayer.ofAttempts(OpenTelemetry.noop()).filter(fit)).isNull();
        assertThat(TraceLayer.ofAttempts(OpenTelemetry.propagating(ContextPropagators.noop()))
                        .filter(fit))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource
    void theCallIsAChildOfItsCallersSpanAndTheWireSeesTheAttempts(AnyPace pace) {
        SpanContext caller = SpanContext.createFromRemoteParent(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        Call call = watched.call(pace, Context.root().with(Span.wrap(caller)));

        pace.run(watched.time, watched.calls(wire, this::once), call);

        SpanData attempt = attemptSpan(0);
        SpanData logical = attemptSpan(1);
        assertThat(logical.getParentSpanId()).isEqualTo(caller.getSpanId());
        assertThat(logical.getName()).isEqualTo("http inventory");
        assertThat(attempt.getTraceId()).isEqualTo(caller.getTraceId());
        assertThat(attempt.getParentSpanId()).isEqualTo(logical.getSpanId());
        assertThat(Span.fromContext(wire.attempts().get(0).context()).getSpanContext())
                .isEqualTo(attempt.getSpanContext());
    }

    @ParameterizedTest
    @EnumSource
    void anAttemptSaysWhomItAskedAndHowOften(AnyPace pace) {
        pace.run(watched.time, watched.calls(wire, this::twice), watched.call(pace));

        assertThat(attemptSpan(0).getAttributes().get(Words.SERVER_ADDRESS)).isEqualTo("inventory");
        assertThat(attemptSpan(0).getAttributes().get(Words.PEER_ADDRESS)).isEqualTo("10.0.0.1");
        assertThat(attemptSpan(0).getAttributes().get(Words.PEER_PORT)).isEqualTo(8080);
        assertThat(attemptSpan(0).getAttributes().get(Words.RESEND_COUNT)).isNull();
        assertThat(attemptSpan(1).getAttributes().get(Words.RESEND_COUNT)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void aFailedAttemptIsAnErrorOfItsStatusOrItsException(AnyPace pace) {
        wire.next(Answer.of(Verdict.UNAVAILABLE, 503, "busy"), Answer.failure(Verdict.LOST, new IOException("secret")));

        pace.run(watched.time, watched.calls(wire, this::twice), watched.call(pace));

        assertThat(attemptSpan(0).getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(attemptSpan(0).getAttributes().get(Words.ERROR_TYPE)).isEqualTo("503");
        assertThat(attemptSpan(0).getAttributes().get(Words.VERDICT)).isEqualTo("unavailable");
        assertThat(attemptSpan(1).getAttributes().get(Words.ERROR_TYPE)).isEqualTo("java.io.IOException");
        assertThat(watched.spans().toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @EnumSource
    void whoWasCancelledDidNothingWrong(AnyPace pace) {
        wire.script(attempt -> Answer.never());
        Call call = watched.call(pace);
        watched.time.after(1000, call::cancel);

        pace.run(watched.time, watched.calls(wire, this::once), call);

        assertThat(attemptSpan(0).getAttributes().get(Words.VERDICT)).isEqualTo("cancelled");
        assertThat(attemptSpan(0).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(attemptSpan(1).getAttributes().get(Words.FATE)).isEqualTo("cancelled");
    }

    @ParameterizedTest
    @EnumSource
    void spansEndWithTheBodyAndTellWhyItBrokeOff(AnyPace pace) {
        wire.next(Answer.ok("stream").withOpenBody());
        pace.run(watched.time, watched.calls(wire, this::once), watched.call(pace));
        assertThat(watched.spans()).isEmpty();

        wire.attempts().get(0).end(new IOException("reset"));

        assertThat(attemptSpan(0).getAttributes().get(Words.VERDICT)).isEqualTo("ok");
        assertThat(attemptSpan(0).getAttributes().get(Words.ERROR_TYPE)).isEqualTo("java.io.IOException");
        assertThat(attemptSpan(1).getAttributes().get(Words.FATE)).isEqualTo("failed_not_retryable");
    }
}
