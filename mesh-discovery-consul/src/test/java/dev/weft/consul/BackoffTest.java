package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void pausesDoubleUpToTheCapAndAreNeverNothing() {
        for (long seed = 1; seed <= 200; seed++) {
            Backoff backoff = new Backoff(new Random(seed));
            long span = Backoff.BASE_NANOS;
            for (int failure = 1; failure <= 100; failure++) {
                assertThat(backoff.nextNanos())
                        .as("seed %s, failure %s", seed, failure)
                        .isBetween(Backoff.BASE_NANOS / 2, Backoff.BASE_NANOS / 2 + span);
                span = Math.min(Backoff.CAP_NANOS, span * 2);
            }
        }
    }

    @Test
    void pausesOfManyAreSpreadOverTheWholeSpan() {
        long longest = 0;
        long shortest = Long.MAX_VALUE;
        for (long seed = 1; seed <= 200; seed++) {
            Backoff backoff = new Backoff(new Random(seed));
            long pause = 0;
            for (int failure = 1; failure <= 20; failure++) {
                pause = backoff.nextNanos();
            }
            longest = Math.max(longest, pause);
            shortest = Math.min(shortest, pause);
        }
        assertThat(shortest).isLessThan(Backoff.CAP_NANOS / 10);
        assertThat(longest).isGreaterThan(Backoff.CAP_NANOS / 10 * 9);
    }

    @Test
    void successStartsOver() {
        Backoff backoff = new Backoff(new Random(7));
        for (int failure = 1; failure <= 20; failure++) {
            backoff.nextNanos();
        }
        backoff.reset();
        assertThat(backoff.nextNanos()).isLessThanOrEqualTo(Backoff.BASE_NANOS / 2 * 3);
    }
}
