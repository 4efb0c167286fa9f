package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Race;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryBudgetRaceTest {
    private static final long TTL = TimeUnit.SECONDS.toNanos(10);

    @Test
    void itIsNeverOverspentHoweverManySpendAndDepositAtOnce() {
        Race.rounds(500, () -> {
            // 3 per second for 10 seconds, and one for each 5 deposits.
            RetryBudget budget = new RetryBudget(0.2, 3, TTL, 0);
            AtomicInteger spent = new AtomicInteger();
            return Race.of(
                    () -> {
                        spend(budget, spent, 100, 0);
                        assertThat(spent).as("all of it, and no more").hasValue(30 + 100 / 5);
                    },
                    () -> spend(budget, spent, 40, 0),
                    () -> spend(budget, spent, 40, 1),
                    () -> {
                        for (int i = 0; i < 100; i++) {
                            budget.deposit(0);
                        }
                    });
        });
    }

    private static void spend(RetryBudget budget, AtomicInteger spent, int times, long now) {
        for (int i = 0; i < times; i++) {
            if (budget.tryWithdraw(now)) {
                spent.incrementAndGet();
            }
        }
    }
}
