package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallTest {
    private final FakeTime time = new FakeTime();
    private final Call call = call(time);

    private static Call call(FakeTime time) {
        return new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root());
    }

    private Call answered(Outcome<?> outcome, Verdict verdict) {
        Call attempt = call.newAttempt();
        attempt.answered(verdict, 200, outcome, time.nanos());
        return attempt;
    }

    @Test
    void theEndIsToldOnceLastRegisteredFirst() {
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            String name = "listener " + i;
            call.onEnd(ended -> told.add(name));
        }

        call.end(null);
        call.end(new IOException("too late"));

        assertThat(told)
                .containsExactlyInAnyOrder(
                        "listener 0",
                        "listener 1",
                        "listener 2",
                        "listener 3",
                        "listener 4",
                        "listener 5",
                        "listener 6")
                .startsWith("listener 6", "listener 5", "listener 4")
                .endsWith("listener 2", "listener 1", "listener 0");
        assertThat(call.bodyFailure()).isNull();
    }

    @Test
    void aListenerThatThrowsKeepsNothingFromTheOthers() {
        List<String> told = new ArrayList<>();
        call.onEnd(ended -> told.add("releases a permit"));
        call.onEnd(ended -> {
            throw new Error("a listener of some user", null, false, false) {};
        });

        call.end(null);

        assertThat(told).containsExactly("releases a permit");
        assertThat(call.ended()).isTrue();
    }

    @Test
    void theCallEndsWithItsAnswersBody() {
        Success<String> answer = new Success<>("stock");
        Call attempt = answered(answer, Verdict.OK);
        call.finish(answer);
        assertThat(call.ended()).isFalse();

        time.advance(Duration.ofSeconds(3));
        attempt.end(null);

        assertThat(call.ended()).isTrue();
        assertThat(call.endNanos() - call.startNanos())
                .isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(call.fate()).isEqualTo(Fate.SUCCESS);
    }

    @Test
    void aBodyThatBreaksOffIsTheCallsFailure() {
        Success<String> answer = new Success<>("stock");
        Call attempt = answered(answer, Verdict.OK);
        attempt.end(new IOException("reset"));

        call.finish(answer);

        assertThat(call.bodyFailure()).hasMessage("reset");
        assertThat(call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
    }

    @Test
    void aBodyThatOutlastsTheDeadlineIsADeadlinesFailure() {
        call.shorten(call.startNanos() + Duration.ofSeconds(1).toNanos());
        Success<String> answer = new Success<>("stock");
        Call attempt = answered(answer, Verdict.OK);
        call.finish(answer);

        time.advance(Duration.ofSeconds(1));
        attempt.end(new IOException("timeout"));

        assertThat(call.fate()).isEqualTo(Fate.FAILED_DEADLINE);
    }

    @Test
    void cancellingWhatHasEndedChangesNothing() {
        // Clients cancel in a finally block whatever came: gRPC's blocking stubs do.
        Failure<String> failure = new Failure<>(new IOException("refused"));
        answered(failure, Verdict.UNAVAILABLE);
        call.finish(failure);
        assertThat(call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);

        call.cancel();

        assertThat(call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
        assertThat(call.cancelled()).isFalse();
    }

    @Test
    void whatStartsAfterTheCancellationIsCutAtOnce() {
        call.cancel();

        assertThat(call.newAttempt().cancelled()).isTrue();
    }

    @Test
    void aDeadlineOnlyComesNearer() {
        call.shorten(call.startNanos() + 100);
        call.shorten(call.startNanos() + 200);
        assertThat(call.remainingNanos(time.nanos())).isEqualTo(100);
        call.shorten(call.startNanos() + 50);
        assertThat(call.remainingNanos(time.nanos())).isEqualTo(50);
    }

    @Test
    void aDeadlineHoldsWhereTheClockWraps() {
        FakeTime wrapping = new FakeTime(Instant.EPOCH, Long.MAX_VALUE - 100);
        Call late = call(wrapping);
        late.shorten(late.startNanos() + 100);
        assertThat(late.hasDeadline()).isTrue();
        late.shorten(late.startNanos() + 200);
        assertThat(late.remainingNanos(wrapping.nanos())).isBetween(99L, 100L);

        Call later = call(wrapping);
        later.shorten(later.startNanos() + 200);
        assertThat(later.remainingNanos(wrapping.nanos())).isEqualTo(200);
        assertThat(later.expiresBefore(later.startNanos() + 201)).isTrue();
        assertThat(later.expiresBefore(later.startNanos() + 199)).isFalse();
    }

    @Test
    void ofTwoThatHaveRacedTheOneThatEndedLastKnowsOfTheOther() {
        Call before = answered(new Success<>("sorry"), Verdict.OVERLOADED);
        Call first = answered(new Success<>("sorry"), Verdict.SERVER_ERROR);
        Call second = first.newRival();
        second.answered(Verdict.UNAVAILABLE, 503, new Success<>("sorry"), time.nanos());

        second.endedAfter(first);
        assertThat(second.previous()).isSameAs(first);
        first.endedAfter(second);
        call.latest(first);

        assertThat(first.endedBefore(Verdict.UNAVAILABLE)).isTrue();
        assertThat(first.endedBefore(Verdict.OVERLOADED)).isTrue();
        assertThat(second.previous()).isSameAs(before);
        assertThat(call.newAttempt().previous()).isSameAs(first);
        assertThat(first.previous()).isSameAs(second);
    }

    @Test
    void whatADeadlineEndedIsToldWithTheAttempt() {
        assertThat(call.deadlineExceeded("too soon"))
                .hasMessage("inventory: the deadline passed too soon (0 attempts made)");
        Call attempt = call.newAttempt();
        assertThat(attempt.deadlineExceeded("nearly; not sent"))
                .hasMessage("inventory: the deadline passed nearly; not sent (attempt 1)");
        assertThat(call.deadlineExceeded("too soon"))
                .hasMessage("inventory: the deadline passed too soon (1 attempt made)");
    }
}
