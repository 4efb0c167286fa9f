package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.policy.Policy;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ScriptedWireTest {
    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("fine");
    private final List<Call> ended = new ArrayList<>();

    private Call call(AnyPace pace) {
        return new Call("request", Policy.builtIn("inventory"), pace.on(time), Context.root());
    }

    /** As a chain without any layers: one attempt. */
    private Outcome<String> run(AnyPace pace, Call call) {
        return pace.run(
                time,
                c -> {
                    Call attempt = c.newAttempt();
                    attempt.onEnd(ended::add);
                    return wire.call(attempt);
                },
                call);
    }

    @ParameterizedTest
    @EnumSource
    void answersAtOnceAndEndsTheCall(AnyPace pace) {
        Call call = call(pace);
        assertThat(run(pace, call)).isEqualTo(new Success<>("fine"));
        assertThat(call.verdict()).isEqualTo(Verdict.OK);
        assertThat(call.endNanos()).isEqualTo(call.startNanos());
        assertThat(ended).hasSize(1);
        assertThat(wire.asked()).containsExactly("-");
    }

    @ParameterizedTest
    @EnumSource
    void answersAfterItsDelay(AnyPace pace) {
        wire.next(Answer.of(Verdict.UNAVAILABLE, 503, "busy").after(Duration.ofMillis(40)));
        Call call = call(pace);
        assertThat(run(pace, call)).isEqualTo(new Success<>("busy"));
        assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(40));
        assertThat(call.status()).isEqualTo(503);
        assertThat(time.pending()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void silenceEndsWithTheDeadline(AnyPace pace) {
        wire.script(attempt -> Answer.never());
        Call call = call(pace);
        call.shorten(time.nanos() + Duration.ofSeconds(2).toNanos());
        assertThat(run(pace, call))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.cause()).isInstanceOf(SocketTimeoutException.class));
        assertThat(call.verdict()).isEqualTo(Verdict.TIMEOUT);
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(2));
        assertThat(ended).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void cancellationEndsIt(AnyPace pace) {
        wire.script(attempt -> Answer.never());
        Call call = call(pace);
        time.after(1000, call::cancel);
        assertThat(run(pace, call))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.cause()).isInstanceOf(IOException.class));
        assertThat(call.verdict()).isEqualTo(Verdict.CANCELLED);
        assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(1000));
        assertThat(ended).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void anOpenBodyEndsTheCallWhenItIsClosed(AnyPace pace) {
        wire.next(Answer.ok("stream").withOpenBody());
        Call call = call(pace);
        run(pace, call);
        assertThat(ended).isEmpty();
        assertThat(call.endNanos()).isZero();
        time.advance(Duration.ofMillis(7));
        wire.discard("stream");
        assertThat(ended).hasSize(1);
        assertThat(call.endNanos() - call.startNanos()).isEqualTo(7_000_000);
        assertThat(wire.discarded()).containsExactly("stream");
    }
}
