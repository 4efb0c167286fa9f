package dev.weft.endpoint;

import dev.weft.testkit.Linearizable;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

class FastestLinearizableTest {
    @Test
    void whoHasTimeEnoughIsSentWhileARoundEnds() {
        Linearizable.check(Shared.class);
    }

    /** An answer took 5 ns, and a call has 10. */
    public static class Shared {
        private final Fastest fastest = new Fastest(0);

        public Shared() {
            fastest.answered(5);
        }

        @Operation(nonParallelGroup = "round")
        public void round() {
            fastest.round(Fastest.KEPT_NANOS);
        }

        @Operation
        public boolean inTime() {
            return fastest.inTime(10, Fastest.KEPT_NANOS);
        }
    }
}
