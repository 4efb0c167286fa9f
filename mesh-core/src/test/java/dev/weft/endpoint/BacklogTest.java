package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.weft.call.Criticality;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BacklogTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final int ANY = Integer.MAX_VALUE;
    /** Of the servers of these tests. */
    private static final double CAPACITY = 500;

    /** Ten workers of 20 ms each in the mean, a queue of two seconds, callers who wait one. */
    private static Line overloaded(int callers, long patienceNanos) {
        Line[] line = new Line[1];
        line[0] = new Line(callers, 10, t -> line[0].exponential(20 * MILLI).applyAsLong(t), 1000, patienceNanos);
        return line[0];
    }

    private static Line of(LongUnaryOperator serviceNanos, long patienceNanos) {
        return new Line(1, ANY, serviceNanos, ANY, patienceNanos);
    }

    @ParameterizedTest
    @CsvSource({"1,1000", "3,1000", "10,1000", "30,1000", "1,500", "1,2000"})
    void underOverloadTheServersAnswerAsManyAsTheyCanAndAllInTime(int callers, long patienceMillis) {
        Line line = overloaded(callers, patienceMillis * MILLI);
        line.run(5, 0.7 * CAPACITY);
        assertThat(line.refused).isZero();
        line.reset();
        line.run(20, 1.3 * CAPACITY);
        assertThat(line.good).isGreaterThan(20 * 490);
        assertThat(line.vain).isLessThan(line.served / 50);
        // Half a second after the overload all is as it was.
        line.run(0.5, 0.7 * CAPACITY);
        line.reset();
        line.run(10, 0.7 * CAPACITY);
        assertThat(line.refused).isLessThan(line.calls / 1000);
        assertThat(line.late + line.turnedAway).isZero();
        line.drain();
        assertThat(line.caller().waiting()).isZero();
    }

    @Test
    void withoutItTheServersWorkInVain() {
        Line line = overloaded(1, SECOND);
        line.run(5, 0.7 * CAPACITY, chance -> Double.POSITIVE_INFINITY);
        line.reset();
        line.run(20, 1.3 * CAPACITY, chance -> Double.POSITIVE_INFINITY);
        assertThat(line.good).isLessThan(20 * 200);
    }

    @ParameterizedTest
    @CsvSource({"1.05,490", "2,490", "3,470", "10,430"})
    void neitherALittleTooMuchNorManyTimesTooMuchIsTheEnd(double times, int perSecond) {
        Line line = overloaded(1, SECOND);
        line.run(5, 0.7 * CAPACITY);
        line.reset();
        line.run(20, times * CAPACITY);
        assertThat(line.good).isGreaterThan(20 * perSecond);
    }

    @Test
    void callersOfWhomEachSeesLittleHoldOutAsWell() {
        Line line = overloaded(100, SECOND);
        line.run(5, 0.7 * CAPACITY);
        line.reset();
        line.run(20, 3 * CAPACITY);
        assertThat(line.good).isGreaterThan(20 * 380);
    }

    @Test
    void itDoesNotTireOfMinutesOfOverload() {
        Line line = overloaded(1, SECOND);
        line.run(5, 0.7 * CAPACITY);
        line.run(180, 1.3 * CAPACITY);
        line.reset();
        line.run(20, 1.3 * CAPACITY);
        assertThat(line.good).isGreaterThan(20 * 490);
    }

    @Test
    void theLeastCriticalAreShedFirst() {
        Line line = overloaded(1, SECOND);
        line.run(5, 0.7 * CAPACITY);
        Criticality[] all = Criticality.values();
        int[] came = new int[all.length];
        int[] shed = new int[all.length];
        for (int i = 0; i < 13_000; i++) {
            int at = i % all.length;
            line.reset();
            line.run(1 / (1.3 * CAPACITY), 1.3 * CAPACITY, chance -> all[at].share());
            came[at] += line.calls;
            shed[at] += line.refused + line.turnedAway;
        }
        assertThat(shed[0]).isZero();
        assertThat((double) shed[1] / came[1]).isLessThan(0.005);
        assertThat((double) shed[2] / came[2]).isLessThan(0.2);
        assertThat((double) shed[3] / came[3]).isGreaterThan(0.6);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 20, 100, 300, 600, 800, 950})
    void whoIsNotOverloadedIsNeverLimitedWhateverAnAnswerTakes(long millis) {
        for (double share : new double[] {0.25, 0.45}) {
            Line line = of(t -> millis * MILLI, SECOND);
            line.run(60, 500, chance -> share);
            assertThat(line.refused).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"2,600", "20,300", "500,60"})
    void norWhereAnswersDiffer(double perSecond, int seconds) {
        Line line = of(lognormal(167 * MILLI, 0.5), SECOND);
        line.run(seconds, perSecond, chance -> 0.25);
        assertThat(line.refused).isZero();
    }

    @ParameterizedTest
    @CsvSource({"300,1000", "20,1000", "20,50"})
    void norByBursts(long millis, long patienceMillis) {
        Line line = of(lognormal(millis * MILLI, 0.1), patienceMillis * MILLI);
        for (int i = 0; i < 200; i++) {
            line.run(1, 20);
            line.run(0.001, 200_000);
        }
        assertThat(line.refused).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {40, 80, 200, 400})
    void norByAnswersThatTakeLongerFromOneDayToTheNext(long millis) {
        Line line = of(t -> (t < 30 * SECOND ? 40 : millis) * MILLI, SECOND);
        line.run(60, 500);
        assertThat(line.refused).isZero();
    }

    @Test
    void norByBurstsOfThem() {
        Line line = of(t -> (t < 30 * SECOND ? 40 : 450) * MILLI, SECOND);
        line.run(30, 50);
        line.run(60, 50);
        for (int i = 0; i < 100; i++) {
            line.run(1, 50);
            line.run(0.001, 100_000);
        }
        assertThat(line.refused).isZero();
    }

    @Test
    void wherePatienceIsNearlySpentByAnswersAloneItLearnsThatSoon() {
        // At first it takes them for a line: what took 40 ms takes 700 of 1000.
        LongUnaryOperator slower = lognormal(700 * MILLI, 0.1);
        Line line = of(t -> t < 30 * SECOND ? 40 * MILLI : slower.applyAsLong(t), SECOND);
        line.run(30, 500);
        line.run(15, 500);
        line.reset();
        line.run(60, 500);
        assertThat(line.refused).isZero();
    }

    @Test
    void longPollsBesideQuickCallsAreNoLine() {
        Line line = of(t -> t % 2 == 0 ? 10 * MILLI : 30 * SECOND, 40 * SECOND);
        line.run(300, 50);
        assertThat(line.refused).isZero();
    }

    @Test
    void afterAnOutageItIsBackAsSoonAsTheService() {
        Line line = of(t -> t > 10 * SECOND && t < 20 * SECOND ? 9 * SECOND : 20 * MILLI, SECOND);
        line.run(20, 500);
        assertThat(line.refused).isPositive();
        line.run(1, 500);
        line.reset();
        line.run(10, 500);
        assertThat(line.refused).isZero();
    }

    @Test
    void whoGivesUpSaysNothingOfWhatAnAnswerTakes() {
        Backlog backlog = new Backlog(0);
        for (int i = 0; i < 20_000; i++) {
            long now = 2L * i * MILLI;
            backlog.entered(now);
            // The first of a round of 25.
            if (i % 25 == 1) {
                backlog.gaveUp(10 * SECOND, now);
            } else {
                backlog.answered(10 * MILLI, now);
            }
        }
        assertThat(backlog.baseNanos()).isCloseTo(10.0 * MILLI, withinPercentage(1));
    }

    @Test
    void callsStandInLineWhereEvenTheFastestOfLateTookTwiceWhatOneTakesAlone() {
        Backlog backlog = new Backlog(0);
        assertThat(queueingAfter(backlog, 0, 10, 10)).isFalse();
        assertThat(queueingAfter(backlog, SECOND, 10, 50)).as("some are slow").isFalse();
        assertThat(queueingAfter(backlog, 2 * SECOND, 30, 50)).isTrue();
        assertThat(queueingAfter(backlog, 3 * SECOND, 10, 10)).isFalse();
    }

    @Test
    void whereNobodyHasAnsweredForAWhileThereIsNoLine() {
        Backlog backlog = new Backlog(0);
        queueingAfter(backlog, 0, 10, 10);
        assertThat(queueingAfter(backlog, SECOND, 50, 50)).isTrue();
        assertThat(backlog.queueing(5 * SECOND)).isFalse();
        backlog.entered(60 * SECOND);
        assertThat(backlog.queueing(60 * SECOND)).isFalse();
    }

    /** Of a hundred answers in 200 ms, of which every other takes so long. */
    private static boolean queueingAfter(Backlog backlog, long fromNanos, long fastMillis, long slowMillis) {
        long now = fromNanos;
        for (int i = 0; i < 100; i++) {
            now += 2 * MILLI;
            backlog.entered(now);
            backlog.answered((i % 2 == 0 ? fastMillis : slowMillis) * MILLI, now);
        }
        return backlog.queueing(now);
    }

    private static LongUnaryOperator lognormal(long median, double sigma) {
        Random random = new Random(7);
        return t -> (long) (median * Math.exp(random.nextGaussian() * sigma));
    }
}
