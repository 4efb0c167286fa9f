package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Criticality;
import dev.weft.call.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the throttle remembers, and for how long. */
class ThrottleLevelTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Throttle.Level level = new Throttle(0).of(Criticality.CRITICAL);

    private void ended(Verdict verdict, int times, long now) {
        for (int i = 0; i < times; i++) {
            level.ended(verdict, now);
        }
    }

    @Test
    void whatCameToNothingCountsForThirtySeconds() {
        ended(Verdict.UNAVAILABLE, 100, 0);
        level.ended(Verdict.UNAVAILABLE, 26 * SECOND);
        assertThat(level.chance()).isPositive();
        level.ended(Verdict.UNAVAILABLE, 31 * SECOND);
        assertThat(level.chance()).isZero();
    }

    @Test
    void theChanceIsATenthOfASecondOldAtMost() {
        ended(Verdict.UNAVAILABLE, 100, 0);
        level.ended(Verdict.UNAVAILABLE, SECOND / 10);
        assertThat(level.chance()).isEqualTo(0.9);
    }

    @Test
    void thoseThatWereHeldBackCountAsThoseThatCameToNothing() {
        for (int i = 0; i < 100; i++) {
            level.asked(0);
        }
        level.asked(SECOND / 10);
        assertThat(level.chance()).isEqualTo(0.9);
    }

    @Test
    void twentyTakenOnInARowAndNoneBetweenThatIsNotShowThatItIsWell() {
        ended(Verdict.UNAVAILABLE, 1_000, 0);
        level.ended(Verdict.UNAVAILABLE, SECOND);
        for (int i = 0; i < 5; i++) {
            ended(Verdict.OK, 19, SECOND);
            level.ended(Verdict.UNAVAILABLE, SECOND);
        }
        assertThat(level.chance()).isPositive();
        ended(Verdict.OK, 20, SECOND);
        assertThat(level.chance()).isZero();
    }

    @Test
    void whatIsForgottenWhenItIsWellIsForgottenOnBothSides() {
        ended(Verdict.OK, 400, 0);
        ended(Verdict.UNAVAILABLE, 1_000, 0);
        level.ended(Verdict.UNAVAILABLE, SECOND);
        ended(Verdict.OK, 20, SECOND);
        assertThat(level.chance()).isZero();
        ended(Verdict.UNAVAILABLE, 100, SECOND);
        level.ended(Verdict.UNAVAILABLE, 2 * SECOND);
        assertThat(level.chance())
                .as("four hundred that were taken on before are no help")
                .isEqualTo(0.9);
    }
}
