package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PromiseTest {
    private final Call call =
            new Call("request", Policy.builtIn("inventory"), Pace.async(new FakeTime(), Runnable::run), Context.root());

    @Test
    void thoseWhoWaitAreToldInTheOrderInWhichTheyCame() {
        Promise<String> promise = new Promise<>();
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            promise.onDone(call, (c, outcome) -> told.add(number));
        }
        promise.succeed("stock");
        promise.onDone(call, (c, outcome) -> told.add(5));
        assertThat(told).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void aContinuationThatThrowsIsAFailureAsItWasThrown() {
        Promise<String> promise = new Promise<>();
        IllegalStateException bug = new IllegalStateException("bug");
        Promise<String> next = (Promise<String>) promise.<String>then(call, (c, outcome) -> {
            throw bug;
        });
        promise.succeed("stock");
        assertThat(next.outcome()).isEqualTo(new Failure<>(bug));
    }

    @Test
    void oneCompletionWinsAndEverybodyIsToldOfItOnceWheneverTheyCame() {
        Race.rounds(3_000, () -> {
            Promise<String> promise = new Promise<>();
            Queue<Outcome<String>> told = new ConcurrentLinkedQueue<>();
            AtomicInteger won = new AtomicInteger();
            promise.onDone(call, (c, outcome) -> told.add(outcome));
            return Race.of(
                    () -> {
                        assertThat(won).hasValue(1);
                        assertThat(told).hasSize(3).containsOnly(promise.outcome());
                    },
                    () -> won.addAndGet(promise.succeed("one") ? 1 : 0),
                    () -> won.addAndGet(promise.fail(new IOException("other")) ? 1 : 0),
                    () -> {
                        promise.onDone(call, (c, outcome) -> told.add(outcome));
                        promise.onDone(call, (c, outcome) -> told.add(outcome));
                    });
        });
    }

    @Test
    void whatFollowsIsCompletedWhetherItWasAskedForBeforeOrAfter() {
        Race.rounds(3_000, () -> {
            Promise<String> first = new Promise<>();
            Promise<String> second = new Promise<>();
            AtomicInteger told = new AtomicInteger();
            return Race.of(
                    () -> assertThat(told).hasValue(1),
                    () -> first.succeed("one"),
                    () -> second.succeed("two"),
                    () -> first.then(call, (c, outcome) -> second)
                            .onDone(
                                    call,
                                    (c, outcome) -> told.addAndGet(outcome.equals(new Success<>("two")) ? 1 : 100)));
        });
    }
}
