package dev.weft.guard;

import static dev.weft.guard.Rig.A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One of a few servers fails now and then, for good: it is left with little of the traffic, and comes back when it is well. */
class FewServersTest {
    private static final Answer<String> BROKEN = Answer.of(Verdict.SERVER_ERROR, 500, "broken");
    private static final Answer<String> WELL = Answer.ok("well");

    private final Rig rig = new Rig(Map.of());
    private final Random random = new Random(7);

    @AfterEach
    void close() {
        rig.close();
    }

    private void failing(double ofA) {
        rig.wire.script(
                attempt -> Objects.requireNonNull(attempt.node()).address().equals(A) && random.nextDouble() < ofA
                        ? BROKEN
                        : WELL);
    }

    private void calls(int number, int perSecond) {
        for (int i = 0; i < number; i++) {
            rig.call(AnyPace.ASYNC);
            rig.time.advance(Duration.ofSeconds(1).dividedBy(perSecond));
        }
    }

    private void untilEjected(int perSecond) {
        for (int i = 0; i < 10_000 && rig.ejected().isEmpty(); i++) {
            calls(1, perSecond);
        }
        assertThat(rig.ejected()).containsExactly(A);
    }

    /** How much of what would be its fair share A gets in so many calls. */
    private double share(int nodes, int number, int perSecond) {
        long before = rig.asked(A);
        calls(number, perSecond);
        return (double) (rig.asked(A) - before) * nodes / number;
    }

    @ParameterizedTest
    @CsvSource({"2, 0.1", "3, 0.1", "4, 0.1", "2, 0.2", "3, 0.2", "4, 0.2", "2, 0.4", "3, 0.4", "4, 0.4"})
    void itsShareFalls(int nodes, double failing) {
        rig.serve(nodes);
        calls(1_000, 500);
        failing(failing);
        assertThat(share(nodes, 15_000, 500)).as("of half a minute").isLessThan(0.2);
    }

    @ParameterizedTest
    @CsvSource({"2, 0.1", "3, 0.1", "4, 0.1", "2, 0.2", "3, 0.2", "4, 0.2", "2, 0.4", "3, 0.4", "4, 0.4"})
    void itsShareFallsWhereThereIsLittleTrafficToo(int nodes, double failing) {
        rig.serve(nodes);
        calls(100, 5);
        failing(failing);
        calls(1_500, 5);
        assertThat(share(nodes, 4_500, 5))
                .as("of a quarter of an hour, after five minutes")
                .isLessThan(0.5);
    }

    @ParameterizedTest
    @CsvSource({"2, 0.1", "3, 0.2", "4, 0.4"})
    void whenItIsWellItIsBackInSeconds(int nodes, double failing) {
        rig.serve(nodes);
        calls(1_000, 500);
        failing(failing);
        untilEjected(500);
        failing(0);
        calls(8 * 500, 500);
        assertThat(rig.ejected()).isEmpty();
        assertThat(share(nodes, 5_000, 500)).isGreaterThan(0.9);
    }

    @Test
    void oneGoodAnswerIsTooLittleOfOneThatGivesMany() {
        rig.serve(2);
        failing(0.2);
        untilEjected(50);
        failing(0);
        long before = rig.asked(A);
        for (int i = 0; i < 10_000 && !rig.ejected().isEmpty(); i++) {
            calls(1, 50);
        }
        assertThat(rig.ejected()).isEmpty();
        assertThat(rig.asked(A) - before).isBetween(5L, 15L);
    }

    @Test
    void whereCallsAreRefusedForWantOfServersOneIsEnough() {
        rig.serve(2);
        failing(0.2);
        untilEjected(50);
        failing(0);
        Rig.overload(rig.cluster(), rig.time);
        long before = rig.asked(A);
        for (int i = 0; i < 100 && !rig.ejected().isEmpty(); i++) {
            calls(1, 50);
        }
        assertThat(rig.ejected()).isEmpty();
        assertThat(rig.asked(A) - before).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"2, 500", "3, 5", "10, 50"})
    void whereAllFailAlikeAllStay(int nodes, int perSecond) {
        rig.says("{ejection: {consecutive: 1000}}");
        rig.serve(nodes);
        rig.wire.script(attempt -> random.nextDouble() < 0.2 ? BROKEN : WELL);
        for (int i = 0; i < 20_000; i++) {
            calls(1, perSecond);
            assertThat(rig.ejected()).isEmpty();
        }
    }
}
