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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits of 2 connections, 3 who wait, 4 requests in all. */
class LimitFilterTest {
    private final Rig rig = new Rig(
            Map.of("limits.connections", "2", "limits.pending", "3", "limits.requests", "4", "deadline.total", "1s"));

    @AfterEach
    void close() {
        rig.close();
    }

    /** Nothing is under way, so that all that may be can be again. */
    private void assertAllGivenBack(AnyPace pace) {
        rig.wire.script(attempt -> Answer.ok("well").after(Duration.ofMillis(10)));
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(rig.begin());
        }
        assertThat(rig.call(pace).fate()).as("a fifth").isEqualTo(Fate.REJECTED_LIMIT);
        rig.time.advance(Duration.ofMillis(20));
        assertThat(calls).allMatch(call -> call.ended() && call.fate() == Fate.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource
    void aWireThatThrowsCostsNoPermit(AnyPace pace) {
        rig.wire.script(attempt -> {
            throw new IllegalStateException("a bug in the transport");
        });
        for (int i = 0; i < 20; i++) {
            assertThat(rig.call(pace).fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
        }
        assertAllGivenBack(pace);
    }

    @ParameterizedTest
    @EnumSource
    void noEndpointCostsNoPermit(AnyPace pace) {
        rig.serve();
        for (int i = 0; i < 20; i++) {
            assertThat(rig.call(pace).fate()).isEqualTo(Fate.NO_ENDPOINT);
        }
        rig.resolver.serve("inventory", Rig.A, Rig.B);
        assertAllGivenBack(pace);
    }

    @ParameterizedTest
    @EnumSource
    void failuresCostNoPermit(AnyPace pace) {
        rig.wire.script(attempt -> Answer.failure(Verdict.LOST));
        rig.calls(pace, 20);
        assertAllGivenBack(pace);
    }

    @Test
    void whoIsCancelledOrLateWhileItWaitsOrIsUnderWayCostsNoPermit() {
        rig.wire.script(attempt -> Answer.never());
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(rig.begin());
        }
        assertThat(rig.wire.attempts()).hasSize(2);
        calls.get(3).cancel();
        assertThat(calls.get(3).fate()).isEqualTo(Fate.CANCELLED);
        calls.get(0).cancel();
        assertThat(rig.wire.attempts())
                .as("the third has the first one's place")
                .hasSize(3);
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(calls).allMatch(Call::ended);
        assertAllGivenBack(AnyPace.ASYNC);
    }

    @Test
    void whoWaitsCountsAsARequest() {
        rig.wire.script(attempt -> Answer.never());
        for (int i = 0; i < 4; i++) {
            rig.begin();
        }
        assertThat(rig.call(AnyPace.ASYNC).fate()).isEqualTo(Fate.REJECTED_LIMIT);
        assertThat(rig.wire.attempts()).hasSize(2);
    }

    @Test
    void timeSpentInTheLineIsNotTheNodesLatency() {
        rig.wire.script(attempt -> Answer.ok("well").after(Duration.ofMillis(100)));
        for (int i = 0; i < 4; i++) {
            rig.begin();
        }
        rig.time.advance(Duration.ofMillis(250));
        assertThat(rig.cluster().nodes()).allMatch(node -> node.latency().last() <= 110e6);
    }

    @Test
    void observingItRefusesNothing() {
        rig.says("{limits: {mode: observe}}");
        rig.wire.script(attempt -> Answer.never());
        for (int i = 0; i < 50; i++) {
            rig.begin();
        }
        assertThat(rig.wire.attempts()).hasSize(50);
        assertThat(rig.registry.get("weft.client.limit.observed").gauge().value())
                .as("all but the 4 that enforcing it takes")
                .isEqualTo(46);
    }

    @Test
    void observingItCountsWhomTheConnectionsAndTheLineForThemHaveNoRoomFor() {
        rig.says("{limits: {mode: observe}}");
        rig.wire.script(attempt -> Answer.never());
        for (int i = 0; i < 4; i++) {
            rig.begin();
        }
        assertThat(rig.registry.get("weft.client.limit.observed").gauge().value())
                .isZero();
        rig.says("{limits: {mode: observe, requests: 100, pending: 1}}");
        rig.begin();
        assertThat(rig.registry.get("weft.client.limit.observed").gauge().value())
                .isEqualTo(1);
    }

    @Test
    void switchedOffItRefusesNothing() {
        rig.says("{limits: {mode: off}}");
        rig.wire.script(attempt -> Answer.never());
        for (int i = 0; i < 50; i++) {
            rig.begin();
        }
        assertThat(rig.wire.attempts()).hasSize(50);
    }

    @Test
    void whatWasLetThroughWhileObservingCountsWhenItIsEnforcedAgain() {
        rig.says("{limits: {mode: observe}}");
        rig.wire.script(attempt -> Answer.ok("well").after(Duration.ofMillis(100)));
        for (int i = 0; i < 10; i++) {
            rig.begin();
        }
        rig.says("{limits: {mode: enforce}}");
        assertThat(rig.call(AnyPace.ASYNC).fate()).isEqualTo(Fate.REJECTED_LIMIT);
        rig.time.advance(Duration.ofMillis(200));
        assertAllGivenBack(AnyPace.ASYNC);
    }

    @Test
    void aHigherLimitServesWhoWaitsBeforeWhoeverComes() {
        rig.wire.script(attempt -> Answer.never());
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(rig.begin());
        }
        rig.says("{limits: {connections: 100, requests: 100}}");
        rig.begin();
        assertThat(rig.wire.attempts()).hasSize(5);
        assertThat(rig.wire.attempts().get(2).logical()).isSameAs(calls.get(2));
        assertThat(rig.wire.attempts().get(3).logical()).isSameAs(calls.get(3));
    }
}
