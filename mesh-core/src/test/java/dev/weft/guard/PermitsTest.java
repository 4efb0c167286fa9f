package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Threads;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermitsTest {
    private final FakeTime time = new FakeTime();
    private final Permits permits = new Permits();
    private final List<Integer> served = new ArrayList<>();

    private static Call call(Pace pace) {
        return new Call("request", Policy.builtIn("inventory"), pace, Context.root());
    }

    /** Waits in line, and is written down when its turn comes. */
    private Call await(int number, int max) {
        Call call = call(Pace.async(time, Runnable::run));
        Objects.requireNonNull(permits.await(call, max, 100)).onDone(call, (c, outcome) -> {
            if (outcome instanceof Success<Call>) {
                served.add(number);
            }
        });
        return call;
    }

    @Test
    void whoWaitsIsServedInTheOrderOfComing() {
        assertThat(permits.tryTake(1)).isTrue();
        for (int i = 0; i < 5; i++) {
            await(i, 1);
        }
        for (int i = 0; i < 5; i++) {
            permits.release(1);
        }
        assertThat(served).containsExactly(0, 1, 2, 3, 4);
        permits.release(1);
        assertThat(permits.inUse()).isZero();
    }

    @Test
    void whoIsCancelledOrLateLeavesTheLineAndTheNextIsServed() {
        assertThat(permits.tryTake(1)).isTrue();
        Call cancelled = await(0, 1);
        Call late = call(Pace.async(time, Runnable::run));
        late.shorten(time.nanos() + 1_000);
        permits.await(late, 1, 100);
        await(2, 1);
        assertThat(permits.waiting()).isEqualTo(3);

        cancelled.cancel();
        time.advance(Duration.ofNanos(2_000));
        assertThat(permits.waiting()).isEqualTo(1);
        permits.release(1);

        assertThat(served).containsExactly(2);
        permits.release(1);
        assertThat(permits.inUse()).isZero();
    }

    @Test
    void whoComesLaterPassesNobodyWhenMoreMayPass() {
        assertThat(permits.tryTake(1)).isTrue();
        await(0, 1);
        await(1, 1);
        assertThat(permits.tryTake(3)).as("two waited already").isFalse();
        assertThat(served).containsExactly(0, 1);
        assertThat(permits.tryTake(4)).isTrue();
        assertThat(permits.inUse()).isEqualTo(4);
    }

    @Test
    void nobodyWaitsWhereNobodyMay() {
        assertThat(permits.tryTake(1)).isTrue();
        assertThat(permits.await(call(Pace.async(time, Runnable::run)), 1, 0)).isNull();
        assertThat(permits.inUse()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void whateverThreadsDoNoMoreAreHeldThanMayBeAndInTheEndNone(int max) {
        AtomicInteger holding = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Threads.atOnce(6, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 3_000; i++) {
                Call call = call(Pace.blocking(Time.system()));
                if (random.nextInt(4) == 0) {
                    call.shorten(Time.system().nanos() + random.nextInt(200_000));
                }
                if (!permits.tryTake(max)) {
                    Reply<Call> turn = permits.await(call, max, 4);
                    if (turn == null || turn instanceof Failure<Call>) {
                        continue;
                    }
                }
                most.accumulateAndGet(holding.incrementAndGet(), Math::max);
                holding.decrementAndGet();
                permits.release(max);
            }
        });
        assertThat(most.get()).isBetween(1, max);
        assertThat(permits.inUse()).isZero();
    }

    @Test
    void asyncCallsAreAllServedOrFailAndPermitsComeBack() throws InterruptedException {
        ExecutorService home = Executors.newFixedThreadPool(2);
        LinkedBlockingQueue<Outcome<Call>> outcomes = new LinkedBlockingQueue<>();
        try {
            Threads.atOnce(4, thread -> {
                Random random = new Random(thread);
                for (int i = 0; i < 2_000; i++) {
                    Call call = call(Pace.async(Time.system(), home));
                    Reply<Call> turn = permits.tryTake(2) ? new Success<>(call) : permits.await(call, 2, 100_000);
                    Objects.requireNonNull(turn).onDone(call, (c, outcome) -> {
                        if (outcome instanceof Success<Call>) {
                            home.execute(() -> {
                                permits.release(2);
                                outcomes.add(outcome);
                            });
                        } else {
                            outcomes.add(outcome);
                        }
                    });
                    if (random.nextInt(3) == 0) {
                        call.cancel();
                    }
                }
            });
            for (int i = 0; i < 8_000; i++) {
                assertThat(outcomes.poll(60, TimeUnit.SECONDS))
                        .as("the outcome of call %d", i)
                        .isNotNull();
            }
        } finally {
            home.shutdown();
        }
        assertThat(home.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(permits.inUse()).isZero();
    }
}
