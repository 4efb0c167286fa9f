package dev.weft.balance;

import dev.weft.testkit.Linearizable;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/** A turn may be lost where threads meet, but it is never that of one who is not there. */
class TurnLinearizableTest {
    @Test
    void inWhateverOrderThreadsTakeTurns() {
        Linearizable.check(OfTwo.class);
    }

    /** The fewest there are. */
    public static class OfTwo {
        private final Turn turn = new Turn();

        @Operation
        public boolean isSomebodys() {
            int next = turn.next(0, 2);
            return next == 0 || next == 1;
        }
    }
}
