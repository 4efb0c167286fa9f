package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FakeTimeTest {
    private final FakeTime time = new FakeTime();
    private final List<String> ran = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000_000_000L, -5, Long.MAX_VALUE - 10_000_000, Long.MIN_VALUE})
    void tasksRunInTheOrderInWhichTheyAreDueEachAtItsOwnMoment(long origin) {
        FakeTime anyTime = new FakeTime(Instant.EPOCH, origin);
        anyTime.after(30_000_000, () -> ran.add("c" + anyTime.elapsed().toMillis()));
        anyTime.after(10_000_000, () -> ran.add("a" + anyTime.elapsed().toMillis()));
        anyTime.after(10_000_000, () -> ran.add("b" + anyTime.elapsed().toMillis()));
        anyTime.advance(Duration.ofMillis(29));
        assertThat(ran).containsExactly("a10", "b10");
        anyTime.advance(Duration.ofMillis(1));
        assertThat(ran).containsExactly("a10", "b10", "c30");
        assertThat(anyTime.now()).isEqualTo(Instant.EPOCH.plusMillis(30));
    }

    @Test
    void aTaskMayScheduleAnotherThatIsDueInTheSameAdvance() {
        time.after(10, () -> time.after(10, () -> ran.add("inner")));
        time.advance(Duration.ofNanos(20));
        assertThat(ran).containsExactly("inner");
        assertThat(time.pending()).isZero();
    }

    @Test
    void aCancelledTaskDoesNotRun() {
        time.after(10, () -> ran.add("never")).cancel();
        assertThat(time.pending()).isZero();
        time.advance(Duration.ofSeconds(1));
        assertThat(ran).isEmpty();
    }

    @Test
    void aParkedThreadMovesTheClockToTheTaskThatFreesIt() {
        AtomicBoolean done = new AtomicBoolean();
        time.after(Duration.ofHours(1).toNanos(), () -> done.set(true));
        time.park(done::get, time.nanos() + Duration.ofHours(2).toNanos());
        assertThat(done).isTrue();
        assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void aParkedThreadThatNothingFreesGetsToItsLimitAndNotFurther() {
        time.after(Duration.ofHours(2).toNanos(), () -> ran.add("too late"));
        time.park(() -> false, time.nanos() + Duration.ofHours(1).toNanos());
        assertThat(time.elapsed()).isEqualTo(Duration.ofHours(1));
        assertThat(ran).isEmpty();
    }

    @Test
    void anInterruptedThreadLeavesAtOnceWithItsFlagSet() {
        Thread.currentThread().interrupt();
        time.park(() -> false, time.nanos() + 1000);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(time.elapsed()).isZero();
    }

    @Test
    void underAHoldAParkedThreadWaitsForTheTest() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch parking = new CountDownLatch(1);
        Thread parked = new Thread(() -> time.park(
                () -> {
                    parking.countDown();
                    return done.get();
                },
                time.nanos() + Duration.ofHours(1).toNanos()));
        time.hold();
        parked.start();
        parking.await();
        time.advance(Duration.ofMinutes(1));
        done.set(true);
        LockSupport.unpark(parked);
        parked.join(30_000);
        assertThat(parked.isAlive()).isFalse();
        assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void twoParkedThreadsAreFreedEachAtItsOwnLimit() throws Exception {
        AtomicLong shortest = new AtomicLong();
        AtomicLong longest = new AtomicLong();
        time.hold();
        Thread first = parkedFor(20, longest);
        Thread second = parkedFor(10, shortest);
        time.release();
        first.join(30_000);
        second.join(30_000);
        // Once the first is free the other may have moved the clock on before it is asked.
        assertThat(Duration.ofNanos(shortest.get())).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
        assertThat(longest).hasValue(Duration.ofSeconds(20).toNanos());
    }

    /** Parks a thread, which notes the time when it is freed, and comes back when it is parked. */
    private Thread parkedFor(long seconds, AtomicLong freed) throws InterruptedException {
        CountDownLatch parked = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            time.park(
                    () -> {
                        parked.countDown();
                        return false;
                    },
                    time.nanos() + Duration.ofSeconds(seconds).toNanos());
            freed.set(time.elapsed().toNanos());
        });
        thread.start();
        assertThat(parked.await(30, TimeUnit.SECONDS)).isTrue();
        return thread;
    }
}
