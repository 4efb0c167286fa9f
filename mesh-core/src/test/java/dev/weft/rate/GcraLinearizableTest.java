package dev.weft.rate;

import dev.weft.testkit.Linearizable;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

class GcraLinearizableTest {
    @Test
    void inWhateverOrderThreadsTakeTurns() {
        Linearizable.check(Shared.class);
    }

    /** One each 10 ns, three at once; threads come with clocks that they read at moments of their own. */
    @Param(name = "now", gen = IntGen.class, conf = "0:30")
    public static class Shared {
        private final Gcra gcra = new Gcra(0);

        @Operation
        public long tryTake(@Param(name = "now") int now) {
            return gcra.tryTake(now, 10, 20);
        }
    }
}
