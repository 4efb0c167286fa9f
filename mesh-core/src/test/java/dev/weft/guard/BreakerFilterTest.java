package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Verdict;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Half of at least 20 calls in 30 s; open for 5 s, a fifth of it chance; 5 probes. */
class BreakerFilterTest {
    private static final Answer<String> BROKEN = Answer.of(Verdict.SERVER_ERROR, 500, "broken");

    private final Rig rig = new Rig(Map.of("ejection.mode", "off", "breaker.mode", "enforce"));
    private final AtomicBoolean broken = new AtomicBoolean(true);

    BreakerFilterTest() {
        rig.wire.script(attempt -> broken.get() ? BROKEN : Answer.ok("well"));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private List<Fate> fates(AnyPace pace, int calls) {
        List<Fate> fates = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            fates.add(rig.call(pace).fate());
        }
        return fates;
    }

    private void open() {
        rig.calls(AnyPace.BLOCKING, 20);
        assertThat(rig.call(AnyPace.BLOCKING).fate()).isEqualTo(Fate.REJECTED_BREAKER);
    }

    private void untilProbes() {
        rig.time.advance(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @EnumSource
    void enforcingItRefusesUntilItsProbesAreAnsweredWell(AnyPace pace) {
        open();
        int sent = rig.wire.attempts().size();
        assertThat(fates(pace, 10)).containsOnly(Fate.REJECTED_BREAKER);
        assertThat(rig.wire.attempts()).hasSize(sent);
        broken.set(false);
        untilProbes();
        assertThat(fates(pace, 30)).containsOnly(Fate.SUCCESS);
    }

    @Test
    void observingItRefusesNothing() {
        rig.says("{breaker: {mode: observe}}");
        assertThat(fates(AnyPace.BLOCKING, 60)).doesNotContain(Fate.REJECTED_BREAKER);
    }

    @Test
    void switchedOffItRefusesNothing() {
        rig.says("{breaker: {mode: off}}");
        assertThat(fates(AnyPace.BLOCKING, 60)).doesNotContain(Fate.REJECTED_BREAKER);
    }

    @Test
    void switchedOffWhileItIsOpenItLetsAllPassAtOnce() {
        open();
        rig.says("{breaker: {mode: off}}");
        assertThat(fates(AnyPace.BLOCKING, 3)).doesNotContain(Fate.REJECTED_BREAKER);
    }

    @ParameterizedTest
    @EnumSource
    void probesThatNeverReachTheWireLeaveRoomForOthers(AnyPace pace) {
        open();
        untilProbes();
        rig.wire.script(attempt -> {
            throw new IllegalStateException("a bug in the transport");
        });
        assertThat(fates(pace, 50)).doesNotContain(Fate.REJECTED_BREAKER);

        rig.wire.script(attempt -> Answer.ok("well"));
        assertThat(fates(pace, 10)).containsOnly(Fate.SUCCESS);
    }

    @Test
    void probesThatAreCancelledLeaveRoomForOthers() {
        open();
        untilProbes();
        rig.wire.script(attempt -> Answer.never());
        for (int i = 0; i < 20; i++) {
            Call probe = rig.begin();
            assertThat(probe.ended()).as("under way").isFalse();
            probe.cancel();
        }
        rig.wire.script(attempt -> Answer.ok("well"));
        assertThat(fates(AnyPace.BLOCKING, 10)).containsOnly(Fate.SUCCESS);
    }

    @Test
    void callersErrorsNeitherOpenItNorUseProbesUp() {
        rig.wire.script(attempt -> Answer.of(Verdict.CALLER_ERROR, 404, "none"));
        assertThat(fates(AnyPace.BLOCKING, 60)).containsOnly(Fate.SUCCESS);
        rig.wire.script(attempt -> BROKEN);
        rig.calls(AnyPace.BLOCKING, 20);
        untilProbes();
        rig.wire.script(attempt -> Answer.of(Verdict.CALLER_ERROR, 404, "none"));
        assertThat(fates(AnyPace.BLOCKING, 20)).containsOnly(Fate.SUCCESS);
    }

    @Test
    void failuresOfCallsFromBeforeItOpenedDoNotFailItsProbes() {
        rig.wire.script(attempt -> BROKEN.after(Duration.ofMillis(7_100)));
        List<Call> slow = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            slow.add(rig.begin());
        }
        rig.wire.script(attempt -> BROKEN);
        open();
        untilProbes();
        rig.wire.script(attempt -> Answer.ok("well").after(Duration.ofMillis(200)));
        for (int i = 0; i < 5; i++) {
            rig.begin();
        }
        rig.time.advance(Duration.ofMillis(300));
        assertThat(slow).allMatch(Call::ended);
        rig.wire.script(attempt -> Answer.ok("well"));
        assertThat(fates(AnyPace.BLOCKING, 10)).containsOnly(Fate.SUCCESS);
    }

    private double state(String breaker) {
        return rig.registry
                .get("weft.client.breaker.state")
                .tag("breaker", breaker)
                .gauge()
                .value();
    }

    @Test
    void aBreakerStaysAsItIsWhenPolicyChangesWithoutConcerningIt() {
        open();
        rig.says("{deadline: {total: 7s}}");
        System.gc();
        assertThat(rig.call(AnyPace.BLOCKING).fate()).isEqualTo(Fate.REJECTED_BREAKER);
        assertThat(state("inventory")).isEqualTo(1);
    }
}
