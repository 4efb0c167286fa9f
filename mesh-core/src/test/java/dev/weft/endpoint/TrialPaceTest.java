package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrialPaceTest {
    private final FakeTime time = new FakeTime();
    private final TrialPace pace = new TrialPace(time.nanos());

    /** How many of so many calls, all at this moment, try in vain. */
    private int inVain(int calls) {
        int trials = 0;
        for (int i = 0; i < calls; i++) {
            if (pace.may(time.nanos())) {
                trials++;
                pace.inVain(time.nanos());
            }
        }
        return trials;
    }

    @Test
    void someTryAtOnceAndThenOneInTen() {
        assertThat(inVain(TrialPace.AT_ONCE)).isEqualTo(TrialPace.AT_ONCE);
        assertThat(inVain(1_100)).isEqualTo(100);
    }

    @Test
    void oneASecondMayTryHoweverFewThereAre() {
        inVain(100);
        for (int i = 0; i < 5; i++) {
            time.advance(Duration.ofNanos(TrialPace.LONGEST_NANOS - 1));
            assertThat(inVain(1)).isZero();
            time.advance(Duration.ofNanos(1));
            assertThat(inVain(1)).isOne();
        }
    }

    @Test
    void whatIsNotInVainCostsNothing() {
        inVain(100);
        time.advance(Duration.ofNanos(TrialPace.LONGEST_NANOS));
        for (int i = 0; i < 1_000; i++) {
            assertThat(pace.may(time.nanos())).isTrue();
        }
        assertThat(inVain(5)).isOne();
    }
}
