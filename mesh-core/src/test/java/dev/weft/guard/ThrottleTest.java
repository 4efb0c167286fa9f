package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Fate;
import dev.weft.call.RetriesSpent;
import dev.weft.call.Verdict;
import dev.weft.testkit.Answer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service that takes on some of the calls; a hundred come in a second, one attempt each. */
class ThrottleTest {
    private static final Duration EACH = Duration.ofMillis(10);

    private int sent;
    private double takenOn = 1;
    private Verdict otherwise = Verdict.UNAVAILABLE;

    private Rig rig(String... set) {
        Map<String, String> all = new HashMap<>(Map.of(
                "retry.attempts", "1",
                "hedge.maxExtraLoad", "off",
                "ejection.mode", "off",
                "limits.adaptive", "off",
                "limits.throttle", "enforce"));
        for (int i = 0; i < set.length; i += 2) {
            all.put(set[i], set[i + 1]);
        }
        Rig rig = new Rig(all);
        rig.wire.script(attempt -> {
            boolean well = Math.floor(++sent * takenOn) > Math.floor((sent - 1) * takenOn);
            return well ? Answer.ok("well") : answer(otherwise);
        });
        return rig;
    }

    private static Answer<String> answer(Verdict verdict) {
        return verdict == Verdict.TIMEOUT ? Answer.failure(verdict) : Answer.of(verdict, 503, "no");
    }

    private int calls(Rig rig, int number, Duration each) {
        int before = sent;
        for (int i = 0; i < number; i++) {
            rig.begin();
            rig.time.advance(each);
        }
        return sent - before;
    }

    private double throttle(Rig rig) {
        return rig.registry.get("weft.client.throttle").gauge().value();
    }

    @Test
    void thoseThatWaitForTheirAnswersAreNoSignThatTheyAreNotTakenOn() {
        try (Rig rig = rig()) {
            rig.wire.script(attempt -> {
                sent++;
                return Answer.ok("well").after(Duration.ofSeconds(3));
            });
            assertThat(calls(rig, 250, EACH)).isEqualTo(250);
            assertThat(throttle(rig)).isZero();
        }
    }

    @Test
    void aServiceThatTakesOnHalfIsAskedAllThereIsToAsk() {
        try (Rig rig = rig()) {
            takenOn = 0.6;
            assertThat(calls(rig, 6_000, EACH)).isEqualTo(6_000);
            assertThat(throttle(rig)).isZero();
        }
    }

    @Test
    void ofOneThatTakesOnATenthOnlyTwiceThatIsAsked() {
        try (Rig rig = rig()) {
            takenOn = 1;
            calls(rig, 3_000, EACH);
            // Of all that come, a tenth at most is taken on: the server counts with the calls, not with the attempts.
            rig.wire.script(attempt -> {
                sent++;
                return rig.time.nanos() / EACH.toNanos() % 10 == 0 ? Answer.ok("well") : answer(Verdict.OVERLOADED);
            });
            calls(rig, 6_000, EACH);
            int asked = calls(rig, 3_000, EACH);
            assertThat(asked).isBetween(270, 1_500);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"UNAVAILABLE", "OVERLOADED", "THROTTLED", "TIMEOUT"})
    void ofOneThatTakesOnNothingOneInTenIsAskedAndSoItsReturnIsSeen(Verdict verdict) {
        try (Rig rig = rig()) {
            takenOn = 0;
            otherwise = verdict;
            calls(rig, 6_000, EACH);
            assertThat(throttle(rig)).isEqualTo(0.9);
            int asked = calls(rig, 3_000, EACH);
            assertThat(asked).isBetween(200, 420);
            takenOn = 1;
            calls(rig, 400, EACH);
            assertThat(throttle(rig)).as("four seconds later").isZero();
            assertThat(calls(rig, 1_000, EACH)).isEqualTo(1_000);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"SERVER_ERROR", "CALLER_ERROR", "UNSENT", "LOST"})
    void whatIsNoOverloadIsNoReason(Verdict verdict) {
        try (Rig rig = rig()) {
            takenOn = 0;
            otherwise = verdict;
            assertThat(calls(rig, 6_000, EACH)).isEqualTo(6_000);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"CANCELLED", "REJECTED", "REFUSED"})
    void whoGaveUpOrWasNotSentWasNotTakenOn(Verdict verdict) {
        Throttle.Level level = new Throttle(0).of(Criticality.CRITICAL);
        for (long now = EACH.toNanos(); now < Duration.ofMinutes(1).toNanos(); now += EACH.toNanos()) {
            level.ended(Verdict.UNAVAILABLE, now);
            // That was stopped on this side has no time at which its answer came.
            level.ended(verdict, 0);
        }
        assertThat(level.chance()).isEqualTo(0.9);
    }

    @Test
    void whereLessThanOneASecondIsAskedNothingIsHeldBack() {
        try (Rig rig = rig()) {
            takenOn = 0;
            assertThat(calls(rig, 200, Duration.ofMillis(1_100))).isEqualTo(200);
        }
    }

    @Test
    void whatIsCriticalDoesNotPayForWhatIsNot() {
        try (Rig rig = rig()) {
            takenOn = 0;
            for (int i = 0; i < 6_000; i++) {
                rig.begin(Context.root().with(Criticality.SHEDDABLE));
                rig.time.advance(EACH);
            }
            assertThat(throttle(rig)).isEqualTo(0.9);
            takenOn = 1;
            assertThat(calls(rig, 1_000, EACH)).isEqualTo(1_000);
        }
    }

    @Test
    void whoIsHeldBackIsToldWhyAndHisCallerNotToTryAgain() {
        try (Rig rig = rig()) {
            takenOn = 0;
            calls(rig, 6_000, EACH);
            RetriesSpent request = new RetriesSpent();
            Call call;
            do {
                call = rig.begin(request.storeIn(Context.root()));
            } while (call.fate() != Fate.REJECTED_LIMIT);
            assertThat(call.outcome()).asString().contains("limits.throttle", "critical", "not sent");
            assertThat(call.endNanos()).isEqualTo(call.startNanos());
            assertThat(request.spent()).isTrue();
        }
    }

    @Test
    void observingItCountsAndLetsPass() {
        try (Rig rig = rig("limits.throttle", "observe")) {
            takenOn = 0;
            assertThat(calls(rig, 6_000, EACH)).isEqualTo(6_000);
            assertThat(rig.registry.get("weft.client.throttle.observed").gauge().value())
                    .isGreaterThan(2_000);
        }
    }
}
