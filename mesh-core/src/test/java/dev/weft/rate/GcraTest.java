package dev.weft.rate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Allocation;
import dev.weft.testkit.Race;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GcraTest {
    private static final long PERIOD = 1_000;

    private static RateLimiter limiter(long perSecond, int burst, long now) {
        return RateLimiter.alone(new Rate(perSecond, Duration.ofSeconds(1)), burst, now);
    }

    /** Arrivals of all kinds: storms, trickles, rests. */
    private static List<Long> arrivals(Random random, long origin) {
        List<Long> moments = new ArrayList<>();
        long now = origin;
        for (int i = 0; i < 5_000; i++) {
            now += switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> random.nextLong(PERIOD);
                case 2 -> random.nextLong(3 * PERIOD);
                default -> random.nextInt(50) == 0 ? random.nextLong(100 * PERIOD) : 1;
            };
            moments.add(now);
        }
        return moments;
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, -7000", "7, 9223372036854770000", "100, -9223372036854775000"})
    void neverMoreThanTheBurstAndTheRateInAnyWindow(int burst, long origin) {
        for (int seed = 0; seed < 20; seed++) {
            RateLimiter limiter = limiter(1_000_000, burst, origin);
            List<Long> gone = new ArrayList<>();
            for (long now : arrivals(new Random(seed), origin)) {
                if (limiter.tryTake(null, now) == 0) {
                    gone.add(now);
                }
            }
            assertThat(gone).hasSizeGreaterThan(burst);
            for (int first = 0; first < gone.size(); first++) {
                for (int last = first; last < Math.min(gone.size(), first + 3 * burst + 3); last++) {
                    long window = gone.get(last) - gone.get(first);
                    assertThat(last - first + 1L)
                            .as("those that went within %s ns, seed %s", window, seed)
                            .isLessThanOrEqualTo(burst + window / PERIOD);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 100, 333, 999_983, 1_000_000})
    void underSteadyLoadAsManyGoAsWereSaid(long perSecond) {
        RateLimiter limiter = limiter(perSecond, 1, 0);
        long step = Math.max(1, 1_000_000_000 / perSecond / 10);
        long seconds = perSecond < 100 ? 20 : 1;
        long gone = 0;
        for (long now = 0; now < seconds * 1_000_000_000; now += step) {
            if (limiter.tryTake(null, now) == 0) {
                gone++;
            }
        }
        // A tenth of a period is lost to the steps, and rounding takes a nanosecond of each period.
        assertThat(gone).isBetween((long) (perSecond * seconds * 0.899), perSecond * seconds + 1);
    }

    @Test
    void whoComesInTimeIsNeverRefused() {
        RateLimiter limiter = limiter(1_000_000, 1, 0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(limiter.tryTake(null, i * PERIOD)).isZero();
        }
    }

    @Test
    void saysWhenTheNextMayGo() {
        RateLimiter limiter = limiter(100, 3, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(limiter.tryTake(null, 0)).isZero();
        }
        long wait = limiter.tryTake(null, 0);
        assertThat(wait).isEqualTo(10_000_000);
        assertThat(limiter.tryTake(null, wait - 1)).isEqualTo(1);
        assertThat(limiter.tryTake(null, wait)).isZero();
    }

    @Test
    void theSlowestRateWithTheLargestBurstDoesNotOverflow() {
        RateLimiter limiter = RateLimiter.alone(new Rate(1, Duration.ofDays(1)), 1_000_000, 0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(limiter.tryTake(null, i)).isZero();
        }
    }

    @Test
    void threadsTogetherGetNoMoreThanOne() {
        Race.rounds(2_000, () -> {
            RateLimiter limiter = limiter(1_000_000, 5, 0);
            AtomicInteger gone = new AtomicInteger();
            Race.Runner four = () -> {
                for (int i = 0; i < 4; i++) {
                    if (limiter.tryTake(null, 0) == 0) {
                        gone.incrementAndGet();
                    }
                }
            };
            return Race.of(() -> assertThat(gone).hasValue(5), four, four, four);
        });
    }

    @Test
    void costsNoMemory() {
        RateLimiter limiter = limiter(1_000_000, 1_000, 0);
        long[] now = new long[1];
        assertThat(Allocation.bytesEach(10_000, () -> limiter.tryTake(null, now[0] += 700)))
                .isZero();
    }

    @Test
    void aShareIsThatMuchOfTheRateAndOfTheBurst() {
        RateLimiter limiter = limiter(100, 20, 0);
        limiter.share(0.25);
        int atOnce = 0;
        while (limiter.tryTake(null, 0) == 0) {
            atOnce++;
        }
        assertThat(atOnce).isEqualTo(5);
        assertThat(limiter.perSecond()).isEqualTo(25);
    }

    @Test
    void keysDoNotDisturbEachOther() {
        RateLimiter limiter = limiter(1, 1, 0);
        assertThat(limiter.tryTake("ann", 0)).isZero();
        assertThat(limiter.tryTake("ann", 0)).isPositive();
        assertThat(limiter.tryTake("bob", 0)).isZero();
        assertThat(limiter.tryTake(null, 0)).isZero();
    }

    @Test
    void aKeyOfAMegabyteIsAKey() {
        RateLimiter limiter = limiter(1, 1, 0);
        String huge = "k".repeat(1 << 20);
        assertThat(limiter.tryTake(huge, 0)).isZero();
        assertThat(limiter.tryTake(huge, 0)).isPositive();
        assertThat(limiter.tryTake(huge + "x", 0)).isZero();
    }

    @Test
    void remembersSoManyKeysAndNoMore() {
        RateLimiter limiter = limiter(1, 1, 0);
        for (int i = 0; i < 5 * RateLimiter.MOST_KEYS; i++) {
            limiter.tryTake("key " + i, 0);
        }
        assertThat(limiter.keys()).isLessThanOrEqualTo(RateLimiter.MOST_KEYS);
    }
}
