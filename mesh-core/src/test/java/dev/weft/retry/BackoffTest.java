package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
    @ParameterizedTest
    @CsvSource({"1, 50", "2, 100", "3, 200", "4, 250", "10, 250", "1000, 250"})
    void fullJitterIsUniformUpToTheDoublingBoundOrTheCap(int attempt, long bound) {
        Backoff backoff = Backoff.fullJitter(25, 250);
        Random random = new Random(3);
        long[] pauses = LongStream.range(0, 20_000)
                .map(i -> backoff.afterNanos(attempt, random))
                .toArray();
        assertThat(LongStream.of(pauses).max().orElseThrow()).isEqualTo(bound);
        assertThat(LongStream.of(pauses).min().orElseThrow()).isZero();
        assertThat(LongStream.of(pauses).average().orElseThrow()).isBetween(bound * 0.48, bound * 0.52);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 62, 63, 64, Integer.MAX_VALUE})
    void noAttemptIsTooManyForIt(int attempt) {
        Backoff backoff = Backoff.fullJitter(Long.MAX_VALUE / 2, Long.MAX_VALUE - 1);
        assertThat(backoff.afterNanos(attempt, new Random(3))).isNotNegative();
        assertThat(Backoff.fullJitter(0, 0).afterNanos(attempt, new Random(3))).isZero();
    }
}
