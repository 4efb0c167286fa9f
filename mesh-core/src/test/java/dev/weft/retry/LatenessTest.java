package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.time.Time;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenessTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SLICE = TimeUnit.SECONDS.toNanos(3);

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.05, 0.1})
    void lateIsWhatTakesLongerThanAllButTheShare(double share) {
        Lateness lateness = new Lateness(share, new Random(1), 0);
        Random random = new Random(7);
        long[] taken = new long[20_000];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = (long) (MILLI * (5 + Math.abs(random.nextGaussian()) * 20));
            lateness.record(taken[i], i == taken.length - 1 ? SLICE : 1);
        }
        Arrays.sort(taken);
        long exact = taken[(int) (taken.length * (1 - share - 2 * Math.sqrt(share / taken.length)))];
        assertThat((double) lateness.afterNanos()).isBetween(exact * 0.97, exact * 1.07);
    }

    @Test
    void whereAllTakeAboutAsLongNothingIsLateBeforeAQuarterMore() {
        Lateness lateness = new Lateness(0.01, new Random(1), 0);
        for (int i = 0; i < 1000; i++) {
            lateness.record((100 + i % 10) * MILLI, i == 999 ? SLICE : 1);
        }
        assertThat(lateness.afterNanos()).isBetween(130 * MILLI, 140 * MILLI);
    }

    @Test
    void whereFewerThanTheShareAreSlowItIsTheSlowWhoAreLate() {
        Lateness lateness = new Lateness(0.015, new Random(1), 0);
        Random random = new Random(3);
        for (int i = 0; i < 15_000; i++) {
            lateness.record((random.nextInt(100) == 0 ? 1000 : 10) * MILLI, i == 14_999 ? SLICE : 1);
        }
        assertThat(lateness.afterNanos()).isBetween(12 * MILLI, 14 * MILLI);
    }

    @Test
    void ofFewAttemptsAFewMoreMayBeSlowThanTheShare() {
        Lateness lateness = new Lateness(0.015, new Random(1), 0);
        for (int i = 0; i < 150; i++) {
            lateness.record((i % 37 == 0 ? 1000 : 10) * MILLI, i == 149 ? SLICE : 1);
        }
        assertThat(lateness.afterNanos()).isBetween(12 * MILLI, 14 * MILLI);
    }

    @Test
    void whereAllWereSlowAMomentAgoWhoHasWaitedForHalfOfItsTimeIsLate() {
        Lateness lateness = new Lateness(0.015, new Random(1), 0);
        for (int i = 0; i < 1000; i++) {
            lateness.record((i < 100 ? 1000 : 10) * MILLI, i == 999 ? SLICE : 1);
        }
        assertThat(lateness.afterNanos()).isBetween(1000 * MILLI, 1100 * MILLI);
        assertThat(lateness.afterNanos(1000 * MILLI)).isEqualTo(500 * MILLI);
        assertThat(lateness.afterNanos(8 * MILLI))
                .as("not before what most take")
                .isBetween(12 * MILLI, 14 * MILLI);
        assertThat(lateness.afterNanos(3000 * MILLI)).isEqualTo(lateness.afterNanos());
        assertThat(lateness.afterNanos(Time.NEVER_NANOS)).isEqualTo(lateness.afterNanos());
    }

    @Test
    void whatIsNotKnownIsNotLateAtHalfOfItsTimeEither() {
        assertThat(new Lateness(0.015, new Random(1), 0).afterNanos(1000 * MILLI))
                .isEqualTo(Lateness.UNKNOWN_NANOS);
    }

    @Test
    void tooFewAttemptsTellNothing() {
        Lateness lateness = new Lateness(0.01, new Random(1), 0);
        for (int i = 0; i < 98; i++) {
            lateness.record(MILLI, 1);
        }
        lateness.record(MILLI, SLICE);
        assertThat(lateness.afterNanos()).isEqualTo(Lateness.UNKNOWN_NANOS);
        assertThat(lateness.seconds()).isNaN();

        lateness.record(MILLI, 2 * SLICE);
        assertThat(lateness.afterNanos()).isNotEqualTo(Lateness.UNKNOWN_NANOS);
    }

    @Test
    void lateIsNeverLessThanAMillisecond() {
        Lateness lateness = new Lateness(0.1, new Random(1), 0);
        for (int i = 0; i < 100; i++) {
            lateness.record(50_000, 1);
        }
        lateness.record(50_000, SLICE);
        assertThat(lateness.afterNanos()).isEqualTo(MILLI);
    }

    @Test
    void whereTheShareTakesLongerThanTwoSecondsNothingIsLate() {
        Lateness lateness = new Lateness(0.1, new Random(1), 0);
        for (int i = 0; i < 100; i++) {
            lateness.record(3000 * MILLI, 1);
        }
        lateness.record(3000 * MILLI, SLICE);
        assertThat(lateness.afterNanos()).isEqualTo(Lateness.UNKNOWN_NANOS);
    }

    @Test
    void whereWhatNoneOfTheOthersTakesIsTwoSecondsTooNothingIsLate() {
        Lateness lateness = new Lateness(0.015, new Random(1), 0);
        for (int i = 0; i < 1000; i++) {
            lateness.record((i % 20 == 0 ? 5000 : 480) * MILLI, i == 999 ? SLICE : 1);
        }
        assertThat(lateness.afterNanos(10_000 * MILLI)).isEqualTo(Lateness.UNKNOWN_NANOS);
    }

    @Test
    void whereMoreThanTheShareGetNoAnswerLateIsWhatNoneOfTheOthersTakes() {
        Lateness lateness = new Lateness(0.015, new Random(1), 0);
        for (int i = 0; i < 1000; i++) {
            lateness.record((i % 20 == 0 ? 5000 : 10) * MILLI, i == 999 ? SLICE : 1);
        }
        assertThat(lateness.afterNanos()).isBetween(50 * MILLI, 55 * MILLI);
    }

    @Test
    void whatIsOlderThanHalfAMinuteIsForgotten() {
        Lateness lateness = new Lateness(0.1, new Random(1), 0);
        for (int i = 0; i < 1000; i++) {
            lateness.record(500 * MILLI, 1);
        }
        for (int i = 0; i < 20; i++) {
            lateness.record(10 * MILLI, SLICE);
        }
        assertThat(lateness.afterNanos()).isGreaterThan(400 * MILLI);

        // A pause without any traffic forgets as well.
        lateness.record(10 * MILLI, 20 * SLICE);
        for (int i = 0; i < 20; i++) {
            lateness.record(10 * MILLI, 21 * SLICE);
        }
        lateness.record(10 * MILLI, 22 * SLICE);
        assertThat(lateness.afterNanos()).isBetween(12 * MILLI, 14 * MILLI);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.015, 0.1})
    void whereThereAreManySomeOfThemTellTheSame(double share) {
        AtomicInteger drawn = new AtomicInteger();
        Random chance = new Random(5);
        RandomGenerator counted = () -> {
            drawn.incrementAndGet();
            return chance.nextLong();
        };
        Lateness lateness = new Lateness(share, counted, 0);
        Random random = new Random(9);
        int each = 50_000;
        long[] taken = new long[each];
        for (int slice = 0; slice < 12; slice++) {
            for (int i = 0; i < each; i++) {
                taken[i] = (long) (MILLI * (5 + Math.abs(random.nextGaussian()) * 20));
                lateness.record(taken[i], slice * SLICE + i);
            }
        }
        assertThat(drawn).as("from the second slice on chance picks").hasValueGreaterThan(10 * each);
        Arrays.sort(taken);
        assertThat((double) lateness.afterNanos())
                .isBetween(
                        taken[(int) (each * (1 - share * 1.35))] * 0.96,
                        taken[(int) (each * (1 - share * 0.8))] * 1.07);
    }

    @Test
    void whereThereAreFewAgainAllCount() {
        Lateness lateness = new Lateness(0.1, new Random(1), 0);
        for (int i = 0; i < 500_000; i++) {
            lateness.record(10 * MILLI, i);
        }
        long now = SLICE;
        lateness.record(10 * MILLI, now);
        for (int slice = 0; slice < 12; slice++) {
            now += SLICE;
            for (int i = 0; i < 30; i++) {
                lateness.record(100 * MILLI, now + i);
            }
        }
        assertThat(lateness.afterNanos()).isBetween(120 * MILLI, 135 * MILLI);
    }
}
