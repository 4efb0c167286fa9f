package dev.weft.guard;

import dev.weft.testkit.Linearizable;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

class PermitsLinearizableTest {
    @Test
    void inWhateverOrderThreadsTakeTurns() {
        Linearizable.check(Shared.class);
    }

    /** Two at once, and nobody waits. */
    public static class Shared {
        private final Permits permits = new Permits();

        @Operation
        public boolean tryTake() {
            return permits.tryTake(2);
        }

        @Operation
        public void release() {
            permits.release(2);
        }

        @Operation
        public int inUse() {
            return permits.inUse();
        }
    }
}
