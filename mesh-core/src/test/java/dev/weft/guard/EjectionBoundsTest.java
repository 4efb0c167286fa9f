package dev.weft.guard;

import static dev.weft.guard.Rig.A;
import static dev.weft.guard.Rig.B;
import static dev.weft.guard.Rig.C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.policy.Mode;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may be out, and how many: one of three, or a tenth; whatever list and policy do. */
class EjectionBoundsTest {
    private static final Answer<String> BROKEN = Answer.of(Verdict.SERVER_ERROR, 500, "broken");

    private final Rig rig = new Rig(Map.of("deadline.total", "2s"));

    @AfterEach
    void close() {
        rig.close();
    }

    private void ejectA() {
        rig.wire.at(A, BROKEN);
        rig.calls(AnyPace.BLOCKING, 15);
        assertThat(rig.ejected()).containsExactly(A);
    }

    @Test
    void ofTwoOnlyOneIsEjected() {
        rig.serve(Endpoint.parse(A), Endpoint.parse(B));
        rig.wire.script(attempt -> BROKEN);
        rig.calls(AnyPace.BLOCKING, 50);
        assertThat(rig.ejected()).hasSize(1);
    }

    @Test
    void whoIsBadWhereAsManyAreOutAsMayBeRestsAndThenShowsHowItIs() {
        rig.wire.at(A, BROKEN);
        rig.wire.at(B, BROKEN);
        rig.calls(AnyPace.BLOCKING, 30);
        assertThat(rig.ejected()).hasSize(1);
        String other = rig.ejected().contains(A) ? B : A;
        long before = rig.asked(other);
        rig.calls(AnyPace.BLOCKING, 30);
        assertThat(rig.asked(other)).isEqualTo(before);

        rig.time.advance(Duration.ofMillis(300));
        rig.calls(AnyPace.BLOCKING, 30);
        assertThat(rig.asked(other)).as("shows it, and rests for longer").isEqualTo(before + 1);
        rig.time.advance(Duration.ofMillis(300));
        rig.calls(AnyPace.BLOCKING, 30);
        assertThat(rig.asked(other)).isEqualTo(before + 1);

        rig.wire.at(other, Answer.of(Verdict.OK, 200, "well"));
        rig.time.advance(Duration.ofSeconds(1));
        rig.calls(AnyPace.BLOCKING, 30);
        assertThat(rig.asked(other)).as("has its share").isGreaterThan(before + 9);
    }

    @Test
    void theLastThatDiscoveryCallsHealthyIsNeverEjected() {
        rig.serve(
                Endpoint.parse(A),
                Endpoint.parse(B).withHealth(Health.UNHEALTHY),
                Endpoint.parse(C).withHealth(Health.DRAINING));
        rig.wire.script(attempt -> BROKEN);
        rig.calls(AnyPace.BLOCKING, 50);
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void theLastOfAnyWeightIsNeverEjected() {
        rig.serve(
                Endpoint.parse(A),
                Endpoint.parse(B).withWeight(0),
                Endpoint.parse(C).withWeight(0));
        rig.wire.script(attempt -> BROKEN);
        rig.calls(AnyPace.BLOCKING, 50);
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void whenTheListShrinksToOneThatIsEjectedItComesBack() {
        ejectA();
        rig.serve(Endpoint.parse(A));
        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void whenTheListShrinksNoMoreAreOutThanMayBe() {
        Endpoint[] twenty = new Endpoint[20];
        for (int i = 0; i < 20; i++) {
            twenty[i] = Endpoint.parse("10.0.0." + (i + 1) + ":80");
        }
        rig.serve(twenty);
        rig.wire.at(B, BROKEN);
        rig.wire.at(A, BROKEN);
        // Each change of the list begins a new round by chance anywhere.
        rig.calls(AnyPace.BLOCKING, 200);
        assertThat(rig.ejected()).containsExactlyInAnyOrder(A, B);

        rig.serve(Endpoint.parse(A), Endpoint.parse(B), Endpoint.parse(C));

        assertThat(rig.ejected()).hasSize(1);
    }

    @Test
    void aNodeThatDiscoveryTakesOutIsNotProbed() {
        ejectA();
        long before = rig.asked(A);
        rig.serve(Endpoint.parse(A).withHealth(Health.DRAINING), Endpoint.parse(B), Endpoint.parse(C));
        rig.time.advance(Duration.ofMinutes(10));
        rig.calls(AnyPace.BLOCKING, 50);
        assertThat(rig.asked(A)).isEqualTo(before);
    }

    @Test
    void aNodeThatComesBackToTheListStartsAnew() {
        ejectA();
        rig.serve(Endpoint.parse(B), Endpoint.parse(C));
        rig.serve(Endpoint.parse(A), Endpoint.parse(B), Endpoint.parse(C));
        assertThat(rig.ejected()).isEmpty();
        rig.calls(AnyPace.BLOCKING, 15);
        assertThat(rig.ejected()).containsExactly(A);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"OFF", "OBSERVE"})
    void policyThatNoLongerEjectsBringsAllBack(Mode mode) {
        ejectA();
        rig.says("{ejection: {mode: " + mode.name().toLowerCase(Locale.ROOT) + "}}");
        rig.calls(AnyPace.BLOCKING, 30);
        assertThat(rig.ejected()).isEmpty();
        assertThat(rig.asked(A)).isEqualTo(15);
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"OFF", "OBSERVE"})
    void callsFromBeforePolicyCeasedToEjectDoNotEjectAfterwards(Mode mode) {
        rig.wire.at(A, BROKEN.after(Duration.ofMillis(100)));
        for (int i = 0; i < 60; i++) {
            rig.begin();
        }
        rig.says("{ejection: {mode: " + mode.name().toLowerCase(Locale.ROOT) + "}}");
        rig.call(AnyPace.ASYNC);

        rig.time.advance(Duration.ofMillis(200));

        assertThat(rig.ejected()).isEmpty();
    }

    @Test
    void observingEjectsNobody() {
        rig.says("{ejection: {mode: observe}}");
        rig.wire.at(A, BROKEN);
        rig.calls(AnyPace.BLOCKING, 60);
        assertThat(rig.asked(A)).isEqualTo(20);
        assertThat(rig.registry.get("weft.client.ejection.observed").gauge().value())
                .isEqualTo(1);
    }

    @Test
    void theShareIsOfThoseOfNow() {
        rig.says("{ejection: {maxShare: 100%}}");
        rig.wire.at(A, BROKEN);
        rig.wire.at(B, BROKEN);
        rig.calls(AnyPace.BLOCKING, 60);
        assertThat(rig.ejected()).containsExactly(A, B);

        rig.says("{ejection: {maxShare: 10%}}");
        rig.call(AnyPace.BLOCKING);

        assertThat(rig.ejected()).hasSize(1);
    }
}
