package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long TTL = 10 * SECOND;

    private static int drain(RetryBudget budget, long now) {
        int retries = 0;
        while (budget.tryWithdraw(now)) {
            retries++;
        }
        return retries;
    }

    @Test
    void theReserveAllowsSoManyPerSecondOfTheTimeToLive() {
        RetryBudget budget = new RetryBudget(0.2, 3, TTL, 0);
        assertThat(budget.balance(0)).isEqualTo(30);
        assertThat(drain(budget, 0)).isEqualTo(30);
        assertThat(budget.balance(0)).isZero();
    }

    @Test
    void fiveSuccessfulCallsPayForOneRetryAtTwentyPercent() {
        RetryBudget budget = new RetryBudget(0.2, 0, TTL, 0);
        for (int i = 0; i < 4; i++) {
            budget.deposit(0);
        }
        assertThat(budget.tryWithdraw(0)).isFalse();
        budget.deposit(0);
        assertThat(budget.tryWithdraw(0)).isTrue();
        assertThat(budget.tryWithdraw(0)).isFalse();
    }

    @Test
    void tenSuccessfulCallsPayForThreeRetriesAtThirtyPercent() {
        RetryBudget budget = new RetryBudget(0.3, 0, TTL, 0);
        for (int i = 0; i < 10; i++) {
            budget.deposit(0);
        }
        assertThat(drain(budget, 0)).isEqualTo(3);
    }

    @Test
    void inAFullOutageRetriesFallToTheReserveWithinTheTimeToLive() {
        RetryBudget budget = new RetryBudget(0.2, 3, TTL, 0);
        for (int i = 0; i < 10_000; i++) {
            budget.deposit(0);
        }
        drain(budget, SECOND);
        long now = SECOND;
        int retries = 0;
        for (int i = 0; i < 100; i++) {
            now += SECOND;
            int allowed = drain(budget, now);
            if (i >= 12) {
                retries += allowed;
            }
        }
        assertThat(retries / 88.0).isBetween(2.0, 3.4);
    }

    @Test
    void withoutRatioAndReserveThereAreNone() {
        RetryBudget budget = new RetryBudget(0, 0, TTL, 0);
        budget.deposit(0);
        assertThat(budget.tryWithdraw(0)).isFalse();
        assertThat(budget.balance(0)).isZero();
    }

    /** Over any run of calls, whatever fails: retries stay within the ratio of what succeeded, and the reserve. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void itIsNeverOverspent(long seed) {
        Random random = new Random(seed);
        double ratio = random.nextInt(1, 101) / 100.0;
        int perSecond = random.nextInt(5);
        RetryBudget budget = new RetryBudget(ratio, perSecond, TTL, 0);
        long now = 0;
        long deposits = 0;
        long retries = 0;
        for (int i = 0; i < 20_000; i++) {
            now += (long) (random.nextDouble() * SECOND / 50);
            if (random.nextInt(3) > 0) {
                budget.deposit(now);
                deposits++;
            } else if (budget.tryWithdraw(now)) {
                retries++;
            }
            assertThat(budget.balance(now)).isNotNegative();
        }
        double reserve = perSecond * (now / (double) SECOND + 10);
        // One slice of slack: a deposit counts to the nearest tenth of its time to live.
        assertThat((double) retries).isLessThanOrEqualTo(deposits * ratio + reserve + reserve / 10 + 1);
    }
}
