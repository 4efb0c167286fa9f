package dev.weft.endpoint;

import dev.weft.testkit.Linearizable;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

class LatencyLinearizableTest {
    @Test
    void inWhateverOrderThreadsTakeTurns() {
        Linearizable.check(Shared.class);
    }

    /** Attempts end, are late or are cut off, and what is known of them is doubted; by one at a time, seconds apart. */
    @Param(name = "millis", gen = IntGen.class, conf = "1:3")
    public static class Shared {
        private static final long MILLI = 1_000_000;
        private static final long TAU_NANOS = 10_000 * MILLI;

        private final LatencyAverage average = new LatencyAverage(0);
        private long doubtedNanos;

        public Shared() {
            average.observe(2 * MILLI, 0, TAU_NANOS);
        }

        @Operation
        public void observe(@Param(name = "millis") int millis) {
            average.observe(millis * MILLI, 0, TAU_NANOS);
        }

        @Operation
        public void raise(@Param(name = "millis") int millis) {
            average.raise(millis * MILLI, 0);
        }

        @Operation
        public void cutOff(@Param(name = "millis") int millis) {
            average.cutOff(millis * MILLI, 0);
        }

        @Operation(nonParallelGroup = "doubt")
        public boolean doubt() {
            doubtedNanos += 2_000 * MILLI;
            return average.doubt(doubtedNanos);
        }

        @Operation
        public double last() {
            return average.last();
        }

        @Operation
        public boolean unknown() {
            return average.unknown();
        }
    }
}
