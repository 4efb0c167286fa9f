package dev.weft.guard;

import static dev.weft.guard.Rig.A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that count shares. Each node is asked in its turn, ten times a second, unless a test says otherwise. */
class EjectionRulesTest {
    private static final Answer<String> BROKEN = Answer.of(Verdict.SERVER_ERROR, 500, "broken");
    private static final Answer<String> WELL = Answer.ok("well");

    private final Rig rig = new Rig(Map.of("ejection.consecutive", "1000"));
    private final Random random = new Random(5);

    @AfterEach
    void close() {
        rig.close();
    }

    /** So much of what A answers is broken, and of what the others do. */
    private void failing(double ofA, double ofOthers) {
        rig.wire.script(
                attempt -> random.nextDouble() < (attempt.node() == rig.node(A) ? ofA : ofOthers) ? BROKEN : WELL);
    }

    private void run(int nodes, int seconds) {
        for (int i = 0; i < 10 * nodes * seconds && rig.ejected().isEmpty(); i++) {
            rig.call(AnyPace.ASYNC);
            rig.time.advance(Duration.ofMillis(100 / nodes));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 20})
    void aNodeThatFailsMoreThanHalfOfItsCallsIsOutHoweverFewThereAre(int nodes) {
        rig.serve(nodes);
        failing(0.7, 0);
        run(nodes, 10);
        assertThat(rig.ejected()).containsExactly(A);
    }

    @Test
    void tenAttemptsInHalfAMinuteAreEnough() {
        rig.serve(2);
        failing(0.9, 0);
        for (int i = 0; i < 40 && rig.ejected().isEmpty(); i++) {
            rig.call(AnyPace.ASYNC);
            rig.time.advance(Duration.ofMillis(1_300));
        }
        assertThat(rig.ejected()).containsExactly(A);
    }

    @Test
    void nineAttemptsInHalfAMinuteAreNot() {
        rig.says("{ejection: {consecutive: 1000, successRate: false}}");
        rig.serve(2);
        rig.wire.at(A, BROKEN);
        for (int i = 0; i < 200; i++) {
            rig.call(AnyPace.ASYNC);
            rig.time.advance(Duration.ofMillis(1_700));
        }
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void butBesideOneThatIsWellTheyAreInTime() {
        rig.serve(2);
        rig.wire.at(A, BROKEN);
        for (int i = 0; i < 200 && rig.ejected().isEmpty(); i++) {
            rig.call(AnyPace.ASYNC);
            rig.time.advance(Duration.ofMillis(1_700));
        }
        assertThat(rig.ejected()).containsExactly(A);
        assertThat(rig.asked(A)).as("a minute and a half").isBetween(20L, 25L);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 10, 50})
    void aNodeThatIsWorseThanTheOthersIsOutThoughMostOfItsAnswersAreGood(int nodes) {
        rig.serve(nodes);
        failing(0.25, 0.001);
        run(nodes, 60);
        assertThat(rig.ejected()).containsExactly(A);
    }

    @Test
    void whereAllFailAlikeNoneStandsOut() {
        rig.serve(10);
        rig.says("{ejection: {consecutive: 1000, failurePercentage: off}}");
        IntStream.range(0, 3_000).forEach(i -> {
            rig.wire.script(attempt -> i % 5 == 0 ? BROKEN : WELL);
            IntStream.range(0, 10).forEach(each -> rig.call(AnyPace.ASYNC));
            rig.time.advance(Duration.ofMillis(100));
        });
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void aHairsBreadthIsNoReason() {
        rig.serve(10);
        failing(0.02, 0);
        run(10, 120);
        assertThat(rig.ejected()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"failurePercentage: off, successRate: false", "mode: observe", "mode: off"})
    void policyCanSwitchThemOff(String said) {
        rig.says("{ejection: {consecutive: 1000, " + said + "}}");
        rig.serve(5);
        failing(0.7, 0);
        run(5, 30);
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void observingCountsOnceAsLongAsNothingGoodComes() {
        rig.says("{ejection: {consecutive: 1000, mode: observe}}");
        rig.serve(2);
        rig.wire.at(A, BROKEN);
        run(2, 30);
        assertThat(rig.registry.get("weft.client.ejection.observed").gauge().value())
                .isEqualTo(1);
    }

    /** Of the others' attempts so much fails, and A fails from then on. */
    @ParameterizedTest
    @CsvSource({"0, 3", "0.02, 4", "0.2, 5"})
    void aRowIsShorterTheLessItCanBeChance(double others, int row) {
        rig.says("{ejection: {consecutive: 5, failurePercentage: off, successRate: false, maxShare: 10%}}");
        rig.serve(20);
        AtomicInteger asked = new AtomicInteger();
        rig.wire.script(attempt ->
                attempt.node() == rig.node(A) ? WELL : asked.incrementAndGet() % 100 < 100 * others ? BROKEN : WELL);
        IntStream.range(0, 2_000).forEach(i -> rig.call(AnyPace.ASYNC));
        long before = rig.asked(A);
        rig.time.advance(Duration.ofSeconds(1));
        rig.wire.at(A, BROKEN);
        while (rig.ejected().isEmpty()) {
            rig.call(AnyPace.ASYNC);
        }
        assertThat(rig.ejected()).containsExactly(A);
        assertThat(rig.asked(A) - before).isEqualTo(row);
    }

    @Test
    void whoFailsAgainSoonAfterItsReturnIsOutForLongerEachTime() {
        rig.says("{ejection: {consecutive: 5, base: 1s, max: 5m}}");
        rig.wire.at(A, BROKEN);
        rig.calls(AnyPace.ASYNC, 15);
        Duration last = Duration.ZERO;
        for (int i = 0; i < 5; i++) {
            assertThat(rig.ejected()).containsExactly(A);
            rig.wire.at(A, WELL);
            Duration from = rig.time.elapsed();
            while (!rig.ejected().isEmpty()) {
                rig.time.advance(Duration.ofMillis(100));
                rig.call(AnyPace.ASYNC);
            }
            Duration out = rig.time.elapsed().minus(from);
            assertThat(out).isGreaterThan(last.multipliedBy(3).dividedBy(2));
            last = out;
            rig.wire.at(A, BROKEN);
            rig.calls(AnyPace.ASYNC, 15);
        }
        rig.time.advance(Duration.ofMinutes(10));
        rig.wire.at(A, WELL);
        rig.call(AnyPace.ASYNC);
        assertThat(rig.ejected()).isEmpty();
        rig.time.advance(Duration.ofSeconds(30));
        rig.wire.at(A, BROKEN);
        rig.calls(AnyPace.ASYNC, 15);
        assertThat(rig.node(A).standing().times(rig.time.nanos()))
                .as("long forgotten")
                .isEqualTo(1);
    }
}
