package dev.weft.guard;

import static dev.weft.guard.Rig.A;
import static dev.weft.guard.Rig.B;
import static dev.weft.guard.Rig.C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Verdict;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** 5 failures in a row; out for 5 s, then 10 s ..., up to a tenth more; whose own call probes waits a quarter longer. */
class EjectionTest {
    private static final Answer<String> BROKEN = Answer.of(Verdict.SERVER_ERROR, 500, "broken");

    private final Rig rig = new Rig(Map.of("deadline.total", "2s", "ejection.base", "5s", "ejection.max", "5m"));

    @AfterEach
    void close() {
        rig.close();
    }

    private void ejectA() {
        rig.wire.at(A, BROKEN);
        rig.calls(AnyPace.BLOCKING, 15);
        assertThat(rig.ejected()).containsExactly(A);
    }

    /** So that the next call probes. */
    private void untilDue() {
        rig.time.advance(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @EnumSource
    void onlyOneCallProbesAndAGoodAnswerBringsTheNodeBack(AnyPace pace) {
        ejectA();
        long before = rig.asked(A);
        rig.wire.at(A, Answer.ok("healed").after(Duration.ofMillis(100)));
        untilDue();

        Call probe = rig.begin();
        rig.calls(AnyPace.ASYNC, 4);
        assertThat(rig.asked(A)).isEqualTo(before + 1);

        rig.time.advance(Duration.ofMillis(100));
        assertThat(probe.ended()).isTrue();
        assertThat(rig.ejected()).isEmpty();
        rig.calls(pace, 30);
        assertThat(rig.asked(A)).isEqualTo(before + 11);
    }

    @Test
    void aFailedProbeDoublesTheTime() {
        ejectA();
        long before = rig.asked(A);
        untilDue();
        rig.call(AnyPace.BLOCKING);
        assertThat(rig.asked(A)).isEqualTo(before + 1);

        rig.time.advance(Duration.ofMillis(11_200));
        rig.calls(AnyPace.BLOCKING, 10);
        assertThat(rig.asked(A)).as("before 10 s and a quarter").isEqualTo(before + 1);
        rig.time.advance(Duration.ofMillis(2_600));
        rig.calls(AnyPace.BLOCKING, 10);
        assertThat(rig.asked(A)).as("after 11 s and a quarter").isEqualTo(before + 2);
    }

    @Test
    void aProbeThatIsCancelledIsMadeAgainWhenItsTimeHasPassedAgain() {
        ejectA();
        rig.wire.at(A, Answer.never());
        untilDue();
        long before = rig.asked(A);
        for (int i = 0; i < 5; i++) {
            rig.begin().cancel();
        }
        assertThat(rig.asked(A)).as("who is impatient with a silent node").isEqualTo(before + 1);

        rig.wire.at(A, Answer.ok("healed"));
        untilDue();
        rig.call(AnyPace.BLOCKING);

        assertThat(rig.asked(A)).isEqualTo(before + 2);
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void aProbeThatLosesToItsHedgeKeepsOtherCallsFromTheSilentNode() {
        rig.says("{hedge: {maxExtraLoad: 10%}, retry: {attempts: 2}}");
        rig.wire.script(attempt -> Answer.ok("well").after(Duration.ofMillis(1)));
        for (int i = 0; i < 300; i++) {
            rig.begin();
            rig.time.advance(Duration.ofMillis(10));
        }
        rig.wire.at(A, BROKEN);
        for (int i = 0; i < 30; i++) {
            rig.begin();
            rig.time.advance(Duration.ofMillis(10));
        }
        assertThat(rig.ejected()).containsExactly(A);
        rig.wire.at(A, Answer.never());
        untilDue();
        long before = rig.asked(A);
        Call probe = rig.begin();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(probe.fate()).isEqualTo(Fate.SUCCESS_BY_HEDGE);
        for (int i = 0; i < 10; i++) {
            rig.begin();
            rig.time.advance(Duration.ofMillis(10));
        }
        assertThat(rig.asked(A)).isEqualTo(before + 1);
    }

    @Test
    void aProbeThatIsRefusedByProtocolIsMadeAgainByTheNextCall() {
        ejectA();
        rig.wire.at(A, Answer.failure(Verdict.REFUSED));
        untilDue();
        rig.call(AnyPace.BLOCKING);
        rig.wire.at(A, Answer.ok("healed"));

        rig.call(AnyPace.BLOCKING);

        assertThat(rig.ejected()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aProbeThatTheWireThrowsAtIsMadeAgainByTheNextCall(AnyPace pace) {
        AtomicInteger asked = new AtomicInteger();
        rig.wire.script(attempt -> {
            if (attempt.node() != rig.node(A)) {
                return Answer.ok("well");
            }
            int number = asked.incrementAndGet();
            if (number == 6) {
                throw new IllegalStateException("a bug in the transport");
            }
            return number < 6 ? BROKEN : Answer.ok("healed");
        });
        rig.calls(pace, 15);
        untilDue();
        rig.call(pace);
        assertThat(asked).hasValue(6);
        assertThat(rig.ejected()).containsExactly(A);

        rig.call(pace);

        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void aProbeThatNobodyAnswersFailsAtItsDeadline() {
        ejectA();
        rig.wire.at(A, Answer.never());
        untilDue();
        rig.call(AnyPace.BLOCKING);
        assertThat(rig.ejected()).containsExactly(A);
        rig.wire.at(A, Answer.ok("healed"));

        rig.calls(AnyPace.BLOCKING, 10);
        assertThat(rig.ejected()).as("its time runs again").containsExactly(A);
        rig.time.advance(Duration.ofSeconds(14));
        rig.call(AnyPace.BLOCKING);
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void answersToCallsFromBeforeTheEjectionNeitherReadmitNorProlong() {
        List<Call> before = new ArrayList<>();
        rig.wire.at(A, Answer.ok("late").after(Duration.ofMillis(500)));
        for (int i = 0; i < 3; i++) {
            before.add(rig.begin());
        }
        rig.wire.at(A, BROKEN.after(Duration.ofMillis(600)));
        for (int i = 0; i < 60; i++) {
            before.add(rig.begin());
        }
        ejectA();
        rig.time.advance(Duration.ofMillis(550));
        assertThat(rig.ejected()).as("after a late good answer").containsExactly(A);
        rig.time.advance(Duration.ofMillis(100));
        assertThat(before).allMatch(Call::ended);
        assertThat(rig.node(A).standing().times(rig.time.nanos()))
                .as("after 20 late failures")
                .isEqualTo(1);
    }

    @Test
    void failuresOfCallsFromBeforeItsReturnDoNotEjectANodeAgain() {
        rig.says("{deadline: {total: 60s}}");
        rig.wire.at(A, BROKEN.after(Duration.ofSeconds(20)));
        for (int i = 0; i < 60; i++) {
            rig.begin();
        }
        ejectA();
        rig.wire.at(A, Answer.ok("healed"));
        untilDue();
        rig.call(AnyPace.BLOCKING);
        assertThat(rig.ejected()).isEmpty();

        rig.time.advance(Duration.ofSeconds(20));

        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void aProbeWithoutDeadlineThatHangsKeepsTheNodeOutForAMinuteOnly() {
        rig.says("{deadline: {total: off}}");
        ejectA();
        rig.wire.at(A, Answer.never());
        untilDue();
        rig.begin();
        rig.wire.at(A, Answer.ok("healed"));
        rig.calls(AnyPace.BLOCKING, 10);
        assertThat(rig.ejected()).containsExactly(A);

        rig.time.advance(Duration.ofMinutes(1));
        rig.call(AnyPace.BLOCKING);

        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void aRefusedConnectionCountsAsAFailure() {
        rig.wire.at(A, Answer.failure(Verdict.UNSENT));
        rig.calls(AnyPace.BLOCKING, 15);
        assertThat(rig.ejected()).containsExactly(A);
    }

    @Test
    void failuresCountHoweverMuchTimeIsBetweenThem() {
        rig.wire.at(A, BROKEN);
        for (int i = 0; i < 15; i++) {
            rig.call(AnyPace.BLOCKING);
            rig.time.advance(Duration.ofMinutes(5));
        }
        assertThat(rig.ejected()).containsExactly(A);
    }

    @Test
    void aGoodAnswerBetweenStartsTheCountAnew() {
        rig.wire.at(A, BROKEN);
        rig.calls(AnyPace.BLOCKING, 12);
        rig.wire.at(A, Answer.of(Verdict.CALLER_ERROR, 404, "none"));
        rig.calls(AnyPace.BLOCKING, 3);
        rig.wire.at(A, BROKEN);
        rig.calls(AnyPace.BLOCKING, 12);
        assertThat(rig.ejected()).isEmpty();
        rig.calls(AnyPace.BLOCKING, 3);
        assertThat(rig.ejected()).containsExactly(A);
    }

    @Test
    void aNodeThatRefusesConnectionsIsOutWithTheFirst() {
        rig.says("{balancer: {kind: peakEwma}}");
        rig.wire.script(attempt -> Answer.ok("well").after(Duration.ofMillis(5)));
        rig.calls(AnyPace.BLOCKING, 100);
        long before = rig.asked(A);
        rig.wire.at(A, Answer.failure(Verdict.UNSENT));

        int calls = callsUntilEjected();

        assertThat(rig.asked(A) - before).isEqualTo(1);
        assertThat(calls).isLessThan(50);
    }

    static List<Throwable> lessThanRefused() {
        return List.of(
                new SSLException("handshake"),
                new IllegalStateException("UNAVAILABLE", new SSLException("no answer to a hello")),
                new UnknownHostException("a.test"));
    }

    @ParameterizedTest
    @MethodSource("lessThanRefused")
    void tlsThatFailsAndANameThatIsUnknownAreFailuresLikeOthers(Throwable why) {
        rig.wire.at(A, Answer.failure(Verdict.UNSENT, why));
        rig.calls(AnyPace.BLOCKING, 12);
        assertThat(rig.asked(A)).isEqualTo(4);
        assertThat(rig.ejected()).isEmpty();

        rig.calls(AnyPace.BLOCKING, 3);
        assertThat(rig.ejected()).containsExactly(A);
    }

    @ParameterizedTest
    @ValueSource(strings = {"refused", "reset", "timed out"})
    void aConnectionThatIsRefusedOrTimesOutEjectsAtOnce(String what) {
        Throwable why = new IllegalStateException("UNAVAILABLE", new ConnectException(what));
        rig.wire.at(A, Answer.failure(Verdict.UNSENT, why));
        rig.calls(AnyPace.BLOCKING, 3);
        assertThat(rig.ejected()).containsExactly(A);
    }

    @Test
    void aFailingNodeIsAskedAsOftenAsOthersUntilItIsJudged() {
        rig.says("{balancer: {kind: peakEwma}}");
        rig.wire.script(attempt -> Answer.ok("well").after(Duration.ofMillis(5)));
        rig.calls(AnyPace.BLOCKING, 100);
        long before = rig.asked(A);
        rig.wire.at(A, BROKEN);

        int calls = callsUntilEjected();

        assertThat(rig.asked(A) - before).as("none of some 70 others failed").isEqualTo(4);
        assertThat(calls).isLessThan(100);
    }

    private int callsUntilEjected() {
        int calls = 0;
        while (rig.ejected().isEmpty() && calls < 10_000) {
            rig.begin();
            rig.time.advance(Duration.ofMillis(10));
            calls++;
        }
        assertThat(rig.ejected()).containsExactly(A);
        return calls;
    }

    @Test
    void manyThatRefuseConnectionsAreOutWhateverTheShareOfThoseWhoMayBe() {
        rig.wire.at(A, Answer.failure(Verdict.UNSENT));
        rig.wire.at(B, Answer.failure(Verdict.UNSENT));
        rig.calls(AnyPace.BLOCKING, 6);
        assertThat(rig.ejected()).containsExactly(A, B);
        rig.wire.at(C, Answer.failure(Verdict.UNSENT));
        rig.calls(AnyPace.BLOCKING, 6);
        assertThat(rig.ejected()).as("never the last").containsExactly(A, B);
    }

    @Test
    void aDeadlineTooShortToConnectEjectsNobodyAtOnce() {
        rig.wire.script(attempt -> {
            rig.time.advance(Duration.ofSeconds(2));
            return Answer.failure(Verdict.UNSENT);
        });
        rig.calls(AnyPace.BLOCKING, 6);
        assertThat(rig.ejected()).isEmpty();
    }
}
