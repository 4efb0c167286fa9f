package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FastestTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private final Fastest fastest = new Fastest(0);

    private int sent(long leftNanos, int calls, long nowNanos) {
        int sent = 0;
        for (int i = 0; i < calls; i++) {
            sent += fastest.inTime(leftNanos, nowNanos) ? 1 : 0;
        }
        return sent;
    }

    @Test
    void whereNothingIsKnownAllGoOut() {
        assertThat(sent(1, 100, 0)).isEqualTo(100);
    }

    @Test
    void whoHasLessTimeThanTheFastestAnswerTookIsNotSentButForOneInTwenty() {
        fastest.answered(90 * MILLI);
        fastest.answered(40 * MILLI);
        fastest.answered(60 * MILLI);
        fastest.round(SECOND);
        assertThat(sent(39 * MILLI, 100, SECOND)).isEqualTo(5);
        assertThat(sent(40 * MILLI, 100, SECOND)).isEqualTo(100);
    }

    @Test
    void nobodyIsMeasuredByTheFirstAnswersOfAll() {
        fastest.answered(900 * MILLI);
        assertThat(sent(500 * MILLI, 100, SECOND)).isEqualTo(100);
    }

    @Test
    void aServiceThatBecomesFasterIsBelievedAtItsFirstAnswer() {
        fastest.answered(400 * MILLI);
        fastest.round(SECOND);
        assertThat(sent(100 * MILLI, 20, SECOND)).isEqualTo(1);
        fastest.answered(20 * MILLI);
        assertThat(sent(100 * MILLI, 20, SECOND)).isEqualTo(20);
    }

    @Test
    void whatWasFastIsRememberedForAWhileAndThenForgotten() {
        fastest.answered(20 * MILLI);
        fastest.round(10 * SECOND);
        fastest.answered(400 * MILLI);
        assertThat(sent(100 * MILLI, 20, 11 * SECOND))
                .as("it was fast a moment ago")
                .isEqualTo(20);
        fastest.round(20 * SECOND);
        fastest.answered(400 * MILLI);
        assertThat(sent(100 * MILLI, 20, 21 * SECOND)).isEqualTo(1);
    }

    @Test
    void ofAServiceThatNobodyHasHeardOfForLongNothingIsKnown() {
        fastest.answered(400 * MILLI);
        assertThat(sent(100 * MILLI, 20, 20 * SECOND)).isEqualTo(20);
        fastest.round(30 * SECOND);
        assertThat(sent(100 * MILLI, 20, 30 * SECOND)).isEqualTo(20);
    }
}
