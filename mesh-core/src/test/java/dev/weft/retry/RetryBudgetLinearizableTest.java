package dev.weft.retry;

import dev.weft.testkit.Linearizable;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

class RetryBudgetLinearizableTest {
    @Test
    void inWhateverOrderThreadsTakeTurns() {
        Linearizable.check(Shared.class);
    }

    /** A retry for two deposits, and no reserve. */
    public static class Shared {
        private final RetryBudget budget = new RetryBudget(0.5, 0, 10_000_000_000L, 0);

        @Operation
        public void deposit() {
            budget.deposit(0);
        }

        @Operation
        public boolean tryWithdraw() {
            return budget.tryWithdraw(0);
        }
    }
}
