package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
    private final FakeTime time = new FakeTime();

    @Test
    void aContextWithoutOneHasNone() {
        assertThat(Deadline.in(Context.root())).isNull();
    }

    @Test
    void aLaterDeadlineIsIgnoredAndANearerOneCounts() {
        Context outer = Context.root().with(Deadline.after(Duration.ofMillis(100), time));
        assertThat(outer.with(Deadline.after(Duration.ofMillis(200), time))).isSameAs(outer);
        Context inner = outer.with(Deadline.after(Duration.ofMillis(50), time));
        assertThat(Deadline.in(inner)).isEqualTo(new Deadline(time.nanos() + 50_000_000, time));
    }

    @Test
    void theSameMomentIsToldOnAnotherClock() {
        FakeTime other = new FakeTime(Instant.EPOCH, -77);
        Deadline deadline = Deadline.after(Duration.ofMillis(100), time);
        time.advance(Duration.ofMillis(30));
        assertThat(deadline.nanosOn(other) - other.nanos()).isEqualTo(70_000_000);
        assertThat(deadline.nanosOn(time)).isEqualTo(deadline.nanos());
        Context context = Context.root().with(deadline);
        assertThat(context.with(Deadline.after(Duration.ofMillis(71), other))).isSameAs(context);
        assertThat(context.with(Deadline.after(Duration.ofMillis(69), other))).isNotSameAs(context);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE / 2, Long.MIN_VALUE, 0, 1, -1})
    void noDurationOverflows(long seconds) {
        FakeTime late = new FakeTime(Instant.EPOCH, Long.MAX_VALUE - 5);
        Deadline deadline = Deadline.after(Duration.ofSeconds(seconds), late);
        assertThat(deadline.passed()).isEqualTo(seconds <= 0);
        assertThat(Long.signum(deadline.remainingNanos())).isEqualTo(Long.signum(seconds));
    }

    @Test
    void itPassesWhenItsTimeIsUp() {
        Deadline deadline = Deadline.after(Duration.ofMillis(10), time);
        time.advance(Duration.ofNanos(9_999_999));
        assertThat(deadline.passed()).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(deadline.passed()).isTrue();
        assertThat(deadline.remainingNanos()).isZero();
    }

    @Test
    @SuppressWarnings("try") // the scope is there to be closed
    void whatRunsWithinStandsUnderItAndNothingElseDoes() {
        try (Scope scope = Deadline.within(Duration.ofSeconds(5))) {
            assertThat(Deadline.in(Context.current()))
                    .isInstanceOfSatisfying(
                            Deadline.class,
                            seen -> assertThat(seen.remainingNanos())
                                    .isBetween(1L, Duration.ofSeconds(5).toNanos()));
        }
        assertThat(Deadline.in(Context.current())).isNull();
    }

    static Stream<ExecutorService> executors() throws ReflectiveOperationException {
        Stream<ExecutorService> everywhere =
                Stream.of(Executors.newSingleThreadExecutor(), Executors.newCachedThreadPool());
        return Runtime.version().feature() < 21
                ? everywhere
                : Stream.concat(everywhere, Stream.of((ExecutorService) Executors.class
                        .getMethod("newVirtualThreadPerTaskExecutor")
                        .invoke(null)));
    }

    @ParameterizedTest
    @MethodSource("executors")
    @SuppressWarnings("try") // the scope is there to be closed
    void executorsCarryItWhereTheContextIsWrapped(ExecutorService plain) throws Exception {
        ExecutorService wrapped = Context.taskWrapping(plain);
        Deadline deadline = Deadline.after(Duration.ofSeconds(5), time);
        try (Scope scope = deadline.makeCurrent()) {
            Callable<String> look = () -> String.valueOf(Deadline.in(Context.current()));
            assertThat(wrapped.submit(look).get(10, TimeUnit.SECONDS)).isEqualTo(deadline.toString());
            assertThat(plain.submit(look).get(10, TimeUnit.SECONDS)).isEqualTo("null");
        } finally {
            plain.shutdownNow();
        }
    }
}
