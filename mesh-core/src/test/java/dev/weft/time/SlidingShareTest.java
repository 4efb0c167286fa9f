package dev.weft.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.Linearizable;
import dev.weft.time.SlidingShare.Counted;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

class SlidingShareTest {
    private final SlidingShare share = new SlidingShare(30, 10, 5, 0);

    @Test
    void whatCameIsSummedUpEverySoOften() {
        share.add(true, 1);
        share.add(false, 4);
        assertThat(share.counted()).isEqualTo(new Counted(0, 0));
        share.add(false, 5);
        assertThat(share.counted()).isEqualTo(new Counted(3, 1));
    }

    @Test
    void whatIsOlderThanTheWindowCountsNoLonger() {
        share.add(true, 1);
        share.add(false, 40);
        assertThat(share.counted()).isEqualTo(new Counted(1, 0));
    }

    @Test
    void nothingIsLeftOfWhatIsForgotten() {
        share.add(true, 5);
        share.clear();
        assertThat(share.counted()).isEqualTo(new Counted(0, 0));
    }

    @Test
    void oneOfTheKindNeverLooksAsIfItWereNone() {
        Linearizable.check(Shared.class);
    }

    /** All that come are of the kind. */
    @Param(name = "now", gen = IntGen.class, conf = "1:30")
    public static class Shared {
        private final SlidingShare share = new SlidingShare(1_000, 10, 1, 0);

        @Operation
        public void add(@Param(name = "now") int now) {
            share.add(true, now);
        }

        @Operation
        public boolean whole() {
            Counted counted = share.counted();
            return counted.hits() >= counted.all();
        }
    }
}
