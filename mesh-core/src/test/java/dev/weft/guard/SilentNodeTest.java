package dev.weft.guard;

import static dev.weft.guard.Rig.A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that no longer answers, or late: noticed by the age of what it has not answered; three nodes, each in its turn. */
class SilentNodeTest {
    private static final Answer<String> WELL = Answer.ok("well").after(Duration.ofMillis(5));

    private final Rig rig = new Rig(Map.of("retry.attempts", "3"));

    SilentNodeTest() {
        rig.wire.safe(true).script(attempt -> WELL);
        run(AnyPace.ASYNC, 400);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    /** That many calls, one each 10 ms. */
    private List<Call> run(AnyPace pace, int calls) {
        return IntStream.range(0, calls)
                .mapToObj(i -> {
                    Call call = pace == AnyPace.BLOCKING ? rig.call(pace) : rig.begin();
                    rig.time.advance(Duration.ofMillis(10));
                    return call;
                })
                .toList();
    }

    private static Duration took(Call call) {
        return Duration.ofNanos(call.headNanos() - call.startNanos());
    }

    private void assertIdle() {
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(rig.cluster().nodes()).extracting(Node::inFlight).containsOnly(0);
    }

    @ParameterizedTest
    @EnumSource
    void costsNoCallAndIsOutAfterAFewAttempts(AnyPace pace) {
        rig.wire.at(A, Answer.never());
        long before = rig.asked(A);

        List<Call> calls = new ArrayList<>(run(pace, 60));

        assertThat(rig.ejected()).containsExactly(A);
        assertThat(rig.asked(A) - before).isBetween(5L, 15L);
        rig.time.advance(Duration.ofMillis(50));
        assertThat(calls).allMatch(call -> call.ended() && call.fate().success());
        assertThat(calls).allMatch(call -> took(call).compareTo(Duration.ofMillis(20)) < 0);
        assertIdle();
    }

    @ParameterizedTest
    @EnumSource
    void isProbedBesideCallsThatDoNotWaitForIt(AnyPace pace) {
        rig.wire.at(A, Answer.never());
        run(pace, 60);
        assertThat(rig.ejected()).containsExactly(A);
        long before = rig.asked(A);

        List<Call> calls = run(pace, 500);

        assertThat(rig.asked(A) - before).isBetween(3L, 8L);
        assertThat(calls).allMatch(call -> call.attempts() == 1 && took(call).equals(Duration.ofMillis(5)));

        rig.wire.at(A, WELL);
        run(pace, 200);
        assertThat(rig.ejected()).isEmpty();
        assertIdle();
    }

    @Test
    void whatMayChangeSomethingIsNotSentBeside() {
        rig.wire.safe(false).at(A, Answer.failure(Verdict.UNSENT));
        run(AnyPace.ASYNC, 10);
        assertThat(rig.ejected()).containsExactly(A);
        long before = rig.asked(A);

        List<Call> calls = run(AnyPace.ASYNC, 500);

        assertThat(rig.asked(A)).as("probed by calls of their own").isGreaterThan(before);
        assertThat(calls).allMatch(call -> call.fate().success());
        for (Call call : calls) {
            assertThat(rig.wire.attempts().stream().filter(attempt -> attempt.parent() == call))
                    .hasSize(call.attempts());
        }
    }

    @Test
    void probesArePaidForFromTheBudget() {
        rig.says("{retry: {attempts: 1, budget: {ratio: 0%, perSecond: 0}}}");
        rig.wire.at(A, Answer.failure(Verdict.UNSENT));
        run(AnyPace.ASYNC, 10);
        assertThat(rig.ejected()).containsExactly(A);
        List<Call> calls = run(AnyPace.ASYNC, 300);
        assertThat(rig.wire.attempts().stream().filter(attempt -> calls.contains(attempt.parent())))
                .hasSize(300);
    }

    @Test
    void aProbeThatALimitRefusesIsLeftToAnotherCall() {
        rig.says("{limits: {requests: 1}}");
        rig.wire.at(A, Answer.failure(Verdict.UNSENT));
        run(AnyPace.ASYNC, 10);
        assertThat(rig.ejected()).containsExactly(A);
        rig.wire.at(A, WELL);
        run(AnyPace.ASYNC, 300);
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void whereAllAreLateNobodyIsEjectedForItAndFewAreSentTwice() {
        rig.wire.script(attempt -> Answer.ok("late").after(Duration.ofMillis(200)));
        int before = rig.wire.attempts().size();
        run(AnyPace.ASYNC, 250);
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(rig.ejected()).isEmpty();
        assertThat(rig.wire.attempts().size() - before).isBetween(251, 270);
        assertIdle();
    }

    @Test
    void onePauseEjectsNobodyHoweverManyItMakesLate() {
        for (int i = 0; i < 20; i++) {
            rig.wire.at(A, Answer.ok("paused").after(Duration.ofMillis(30)));
            List<Call> calls = IntStream.range(0, 30).mapToObj(c -> rig.begin()).toList();
            rig.time.advance(Duration.ofMillis(40));
            assertThat(calls).allMatch(Call::ended);
            assertThat(rig.ejected()).isEmpty();
            rig.wire.at(A, WELL);
            run(AnyPace.ASYNC, 30);
        }
    }

    /** A collector's pause, or connections that are slow to make on a machine at its limit. */
    @Test
    void aSilenceOfAMomentEjectsNobodyHoweverManyItMakesLate() {
        for (int i = 0; i < 5; i++) {
            rig.wire.at(A, Answer.never());
            List<Call> calls = run(AnyPace.ASYNC, 22);
            rig.wire.at(A, WELL);
            run(AnyPace.ASYNC, 30);
            assertThat(calls)
                    .filteredOn(call -> call.fate() == Fate.SUCCESS_BY_HEDGE)
                    .hasSizeGreaterThanOrEqualTo(6);
            assertThat(rig.ejected()).isEmpty();
        }
    }

    /** What went to A is answered a moment after a stall of the caller, as if it had been sent only then. */
    @Test
    void whatIsLateForAStallOfTheCallerDoesNotSpeakAgainstItsNode() {
        rig.wire.at(A, Answer.ok("late").after(Duration.ofMillis(40)));
        int overtaken = 0;
        for (int i = 0; i < 8; i++) {
            List<Call> calls = IntStream.range(0, 3).mapToObj(c -> rig.begin()).toList();
            rig.time.stall(Duration.ofMillis(30));
            rig.time.advance(Duration.ofMillis(30));
            assertThat(calls).allMatch(Call::ended);
            overtaken += (int) calls.stream()
                    .filter(call -> call.fate() == Fate.SUCCESS_BY_HEDGE)
                    .count();
            assertThat(rig.ejected()).isEmpty();
        }
        assertThat(overtaken).isGreaterThanOrEqualTo(5);
    }

    /** It stands under load: what is left out of it would only make the others' lines longer. */
    @Test
    void aNodeThatIsLateAgainAndAgainAndAnswersIsNotEjected() {
        AtomicInteger number = new AtomicInteger();
        rig.wire.script(attempt -> {
            boolean late = attempt.node() != null && attempt.node().address().equals(A);
            int ms = !late ? 5 : number.incrementAndGet() % 6 == 0 ? 300 : 9;
            return Answer.ok("well").after(Duration.ofMillis(ms));
        });

        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.addAll(run(AnyPace.ASYNC, 1));
            assertThat(rig.ejected()).isEmpty();
        }

        assertThat(calls).extracting(Call::fate).contains(Fate.SUCCESS_BY_HEDGE);
    }

    @Test
    void oneLateAttemptNowAndThenEjectsNobody() {
        for (int i = 0; i < 20; i++) {
            rig.wire.next(Answer.ok("late").after(Duration.ofMillis(500)));
            run(AnyPace.ASYNC, 30);
        }
        assertThat(rig.ejected()).isEmpty();
    }
}
