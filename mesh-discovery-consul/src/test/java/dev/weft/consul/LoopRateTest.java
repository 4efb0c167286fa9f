package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopRateTest {
    private static final long START = Long.MAX_VALUE - 1000; // the clock's origin is arbitrary
    private final LoopRate rate = new LoopRate(START);

    @Test
    void smallNewsMayFollowEachOtherAtOnceForAWhile() {
        for (int i = 0; i < 90; i++) {
            assertThat(rate.pay(1000, true, START)).isZero();
        }
    }

    @Test
    void smallNewsInTheLongRunAreTenASecond() {
        assertThat(millisBetween(1000, true)).isBetween(100L, 105L);
    }

    @Test
    void longListsThatChangeAllTheTimeAreReadSeldom() {
        assertThat(millisBetween(200_000, true)).isBetween(200L, 300L);
        assertThat(millisBetween(4_700_000, true)).isBetween(3_000L, 4_000L);
        assertThat(millisBetween(30_000_000, true)).isBetween(14_900L, 15_100L);
    }

    @Test
    void aServerThatDoesNotBlockIsAskedOnceASecond() {
        assertThat(millisBetween(1000, false)).isBetween(999L, 1001L);
    }

    private long millisBetween(long bytes, boolean news) {
        LoopRate rate = new LoopRate(START);
        long now = START;
        for (int i = 0; i < 200; i++) {
            now += rate.pay(bytes, news, now);
        }
        long from = now;
        for (int i = 0; i < 100; i++) {
            now += rate.pay(bytes, news, now);
        }
        return TimeUnit.NANOSECONDS.toMillis((now - from) / 100);
    }
}
