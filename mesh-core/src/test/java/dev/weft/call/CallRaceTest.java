package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What may come from any thread at any time happens once, and is lost never. */
class CallRaceTest {
    private static final int ROUNDS = 3_000;

    private final FakeTime time = new FakeTime();
    private final Success<String> answer = new Success<>("stock");

    private Call call() {
        return new Call("request", Policy.builtIn("inventory"), Pace.async(time, Runnable::run), Context.root());
    }

    private Call answered(Call call) {
        Call attempt = call.newAttempt();
        attempt.answered(Verdict.OK, 200, answer, time.nanos());
        return attempt;
    }

    @Test
    void aCallEndsOnceHoweverManyEndIt() {
        Race.rounds(ROUNDS, () -> {
            Call call = call();
            AtomicInteger told = new AtomicInteger();
            call.onEnd(ended -> told.incrementAndGet());
            return Race.of(
                    () -> {
                        assertThat(told).hasValue(1);
                        assertThat(call.ended()).isTrue();
                    },
                    () -> call.end(null),
                    () -> call.end(new IOException("reset")),
                    call::cancel);
        });
    }

    @Test
    void aCallEndsWithItsAttemptWhicheverComesFirst() {
        Race.rounds(ROUNDS, () -> {
            Call call = call();
            AtomicInteger told = new AtomicInteger();
            call.onEnd(ended -> told.incrementAndGet());
            Call attempt = answered(call);
            IOException reset = new IOException("reset");
            return Race.of(
                    () -> {
                        assertThat(told).hasValue(1);
                        assertThat(call.bodyFailure()).isSameAs(reset);
                        assertThat(call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
                    },
                    () -> call.finish(answer),
                    () -> attempt.end(reset));
        });
    }

    @Test
    void whatRunsIsCutOffOnceThoughItIsNamedWhileTheCallIsCancelled() {
        Race.rounds(ROUNDS, () -> {
            Call call = call();
            AtomicInteger cut = new AtomicInteger();
            return Race.of(
                    () -> {
                        assertThat(cut).hasValue(1);
                        assertThat(call.cancelled()).isTrue();
                    },
                    () -> call.onCancel(cut::incrementAndGet),
                    call::cancel,
                    call::cancel);
        });
    }

    @Test
    void anAttemptThatBeginsWhileItsCallIsCancelledIsCancelled() {
        Race.rounds(ROUNDS, () -> {
            Call call = call();
            return Race.of(
                    () -> {
                        Call attempt = call.latest();
                        assertThat(attempt != null && attempt.cancelled()).isTrue();
                    },
                    call::newAttempt,
                    call::cancel);
        });
    }

    @Test
    void anAnswerIsDisposedOfOnceHoweverManyDoIt() {
        Race.rounds(ROUNDS, () -> {
            ScriptedWire<String> wire = new ScriptedWire<>("stock");
            Call attempt = answered(call());
            return Race.of(
                    () -> assertThat(wire.discarded()).containsExactly("stock"),
                    () -> attempt.discard(wire),
                    () -> attempt.reaches(new Success<>("other"), wire),
                    () -> attempt.end(null),
                    () -> attempt.discard(wire));
        });
    }

    @Test
    void attemptsAreNumberedWithoutGapsOrDoubles() {
        Race.rounds(ROUNDS, () -> {
            Call call = call();
            Call first = call.newAttempt();
            AtomicInteger numbers = new AtomicInteger();
            return Race.of(
                    () -> {
                        assertThat(numbers).hasValue(1 << 2 | 1 << 3);
                        assertThat(call.attempts()).isEqualTo(3);
                    },
                    () -> numbers.addAndGet(1 << first.newRival().number()),
                    () -> numbers.addAndGet(1 << first.newRival().number()));
        });
    }
}
