package dev.weft.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimeTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE / 3})
    void whatIsFarAwayIsStillLater(long now) {
        assertThat(Time.plus(now, Long.MAX_VALUE) - now).isPositive();
        assertThat(Time.plus(now, Long.MAX_VALUE) - (now - 1_000_000)).isPositive();
        assertThat(Time.plus(now, Long.MIN_VALUE) - now).isNegative();
        assertThat(Time.plus(now, 17) - now).isEqualTo(17);
    }

    @Test
    void durationsTooLongForNanosecondsAreCut() {
        assertThat(Time.inNanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Time.FARTHEST.toNanos());
        assertThat(Time.inNanos(Duration.ofSeconds(Long.MIN_VALUE))).isEqualTo(-Time.FARTHEST.toNanos());
        assertThat(Time.inNanos(Duration.ofMillis(3))).isEqualTo(3_000_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1_000_000_000_000L, 0, 1_000_000_000_000L, Long.MAX_VALUE - 1})
    void whoWaitsForEverIsFreedByATaskWhateverTheClockSays(long origin) {
        FakeTime time = new FakeTime(Instant.EPOCH, origin);
        AtomicBoolean done = new AtomicBoolean();
        time.after(Long.MAX_VALUE, () -> {});
        time.after(5, () -> done.set(true));
        time.park(done::get, Time.NEVER_NANOS);
        assertThat(done).isTrue();
        assertThat(time.elapsed()).isEqualTo(Duration.ofNanos(5));
    }

    @Test
    void theMachinesTimerTakesAnyDelay() {
        Time.Scheduled never = Time.system().after(Time.NEVER_NANOS, () -> {});
        never.cancel();
    }
}
