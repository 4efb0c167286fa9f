package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitQueueTest {
    private final FakeTime time = new FakeTime();
    private final WaitQueue<String> queue = new WaitQueue<>();
    private final List<String> told = new ArrayList<>();

    private Call call() {
        return new Call("request", Policy.builtIn("inventory"), Pace.async(time, Runnable::run), Context.root());
    }

    private Call join(String name, long nanos) {
        return join(name, nanos, call());
    }

    private Call join(String name, long nanos, Call call) {
        Promise<String> turn = queue.join(call, 3, nanos, () -> new IOException("impatient"), "while it waited");
        if (turn == null) {
            told.add(name + " is one too many");
        } else {
            turn.onDone(call, (c, outcome) -> told.add(name + ": " + text(outcome)));
        }
        return call;
    }

    private static @Nullable String text(Outcome<String> outcome) {
        return outcome instanceof Failure<String> failure
                ? failure.cause().getMessage()
                : ((Success<String>) outcome).value();
    }

    @Test
    void whoCameFirstIsServedFirst() {
        join("a", 100);
        join("b", 100);
        assertThat(queue.serve(new Success<>("turn"))).isTrue();
        assertThat(told).containsExactly("a: turn");
        assertThat(queue.size()).isEqualTo(1);
        queue.serveAll(new Success<>("all"));
        assertThat(told).containsExactly("a: turn", "b: all");
        assertThat(queue.serve(new Success<>("nobody"))).isFalse();
    }

    @Test
    void whoGivesUpIsGoneAtOnceAndLeavesNothingBehind() {
        Call cancelled = join("cancelled", Time.NEVER_NANOS);
        join("impatient", 100);
        Call late = call();
        late.shorten(time.nanos() + 50);
        join("late", 100, late);
        assertThat(queue.size()).isEqualTo(3);

        cancelled.cancel();
        assertThat(queue.size()).isEqualTo(2);
        time.advance(Duration.ofNanos(100));

        assertThat(queue.size()).isZero();
        assertThat(time.pending()).isZero();
        assertThat(told)
                .containsExactly(
                        "cancelled: inventory: the call was cancelled",
                        "late: inventory: the deadline passed while it waited (0 attempts made)",
                        "impatient: impatient");
        assertThat(queue.serve(new Success<>("nobody"))).isFalse();
    }

    @Test
    void whoIsServedLeavesNoTimerBehind() {
        join("a", 100);
        queue.serve(new Success<>("turn"));
        assertThat(time.pending()).isZero();
    }

    @Test
    void thereIsRoomForSoManyAndNotMore() {
        join("a", 100);
        join("b", 100);
        join("c", 100);
        join("d", 100);
        assertThat(told).containsExactly("d is one too many");
        queue.serve(new Success<>("turn"));
        join("e", 100);
        assertThat(queue.size()).isEqualTo(3);
    }

    @Test
    void whoWaitsWhenItClosesAndWhoComesLaterIsToldSo() {
        join("a", 100);
        queue.close(new Failure<>(new IOException("closed")));
        join("b", 100);
        assertThat(told).containsExactly("a: closed", "b: closed");
        assertThat(queue.size()).isZero();
    }

    @Test
    void aTurnGoesToOneWhoStillWantsItWhateverHappensMeanwhile() {
        Race.rounds(2_000, () -> {
            WaitQueue<String> raced = new WaitQueue<>();
            AtomicInteger given = new AtomicInteger();
            AtomicInteger taken = new AtomicInteger();
            Call gone = wait(raced, taken);
            wait(raced, taken);
            return Race.of(
                    () -> {
                        assertThat(taken.get()).isEqualTo(given.get()).isBetween(1, 2);
                        assertThat(raced.size()).isZero();
                    },
                    gone::cancel,
                    () -> given.addAndGet(raced.serve(new Success<>("turn")) ? 1 : 0),
                    () -> given.addAndGet(raced.serve(new Success<>("turn")) ? 1 : 0));
        });
    }

    private Call wait(WaitQueue<String> raced, AtomicInteger taken) {
        Call call = call();
        Promise<String> turn = raced.join(call, 2, Time.NEVER_NANOS, call::cancellation, "");
        assertThat(turn).isNotNull();
        if (turn != null) {
            turn.onDone(call, (c, outcome) -> taken.addAndGet(outcome instanceof Success ? 1 : 0));
        }
        return call;
    }
}
