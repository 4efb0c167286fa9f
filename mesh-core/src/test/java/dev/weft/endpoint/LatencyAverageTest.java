package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is known, what is a guess, and which of the two a slow or cut-off attempt leaves. */
class LatencyAverageTest {
    private static final long TAU_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long LATER_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long FAST_NANOS = 20_000_000;
    private static final long LATE_NANOS = 26_000_000;
    private static final long SLOW_NANOS = 160_000_000;

    private final LatencyAverage average = new LatencyAverage(0);

    @Test
    void whereNothingIsKnownThereIsNothingToDoubt() {
        assertThat(average.doubt(LATER_NANOS)).isTrue();
        assertThat(average.blank()).isTrue();
        average.seed(FAST_NANOS, LATER_NANOS);
        assertThat(average.last()).isEqualTo(FAST_NANOS);
    }

    @Test
    void isDoubtedOnceASecond() {
        average.observe(SLOW_NANOS, 0, TAU_NANOS);
        assertThat(average.doubt(LATER_NANOS)).isTrue();
        assertThat(average.doubt(LATER_NANOS + 999_999_999)).isFalse();
        assertThat(average.doubt(LATER_NANOS + 1_000_000_000)).isTrue();
    }

    @Test
    void anAnswerReplacesWhatIsDoubtedThoughItCameLate() {
        doubted();
        average.raise(LATE_NANOS - 1, LATER_NANOS);
        average.observe(LATE_NANOS, LATER_NANOS, TAU_NANOS);
        assertThat(average.last()).isEqualTo(LATE_NANOS);
        assertThat(average.unknown()).isFalse();
    }

    @Test
    void whatIsDoubtedIsTrueAfterAllWhereTheAttemptIsCutOff() {
        doubted();
        average.cutOff(LATE_NANOS, LATER_NANOS);
        assertThat(average.observed(LATER_NANOS, TAU_NANOS)).isEqualTo(SLOW_NANOS);
    }

    @Test
    void nothingLessIsTrueThanHowLongAnAttemptHasTaken() {
        average.seed(FAST_NANOS, 0);
        average.raise(LATE_NANOS, 0);
        assertThat(average.observed(0, TAU_NANOS)).isEqualTo(LATE_NANOS);
        average.cutOff(SLOW_NANOS, 0);
        average.raise(LATE_NANOS, 0);
        assertThat(average.observed(0, TAU_NANOS)).isEqualTo(SLOW_NANOS);
    }

    private void doubted() {
        average.observe(SLOW_NANOS, 0, TAU_NANOS);
        assertThat(average.doubt(LATER_NANOS)).isTrue();
        assertThat(average.unknown()).isTrue();
    }
}
