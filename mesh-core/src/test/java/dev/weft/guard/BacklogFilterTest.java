package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Fate;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Backlog;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service that answers 500 calls a second, one after the other; callers who wait a second. */
class BacklogFilterTest {
    private static final Duration EACH = Duration.ofMillis(2);
    /** A third more than the service can do. */
    private static final Duration TOO_OFTEN = Duration.ofNanos(1_500_000);

    private final Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
    private final List<Call> calls = new ArrayList<>();
    private long freeNanos;

    private Rig rig() {
        return rig("deadline.total", "1s");
    }

    private Rig rig(String key, String value) {
        Map<String, String> set = new HashMap<>(Map.of("deadline.total", "1s", "limits.throttle", "off"));
        set.put(key, value);
        Rig rig = new Rig(set);
        freeNanos = rig.time.nanos();
        rig.wire.script(attempt -> {
            freeNanos = Math.max(freeNanos, rig.time.nanos()) + EACH.toNanos();
            return Answer.ok("well").after(Duration.ofNanos(freeNanos - rig.time.nanos()));
        });
        return rig;
    }

    private void calls(Rig rig, int number, Duration each) {
        for (int i = 0; i < number; i++) {
            Call call = rig.begin();
            rig.time.advance(each);
            calls.add(call);
        }
    }

    private void tally(Rig rig) {
        rig.time.advance(Duration.ofSeconds(3));
        calls.forEach(call -> fates.merge(call.fate(), 1, Integer::sum));
        calls.clear();
    }

    private int count(Fate fate) {
        return Objects.requireNonNullElse(fates.get(fate), 0);
    }

    private static Backlog backlog(Rig rig) {
        return rig.cluster().backlog();
    }

    @Test
    void whatWouldBeAnsweredTooLateIsRefusedAtOnceAndNothingElseFails() {
        try (Rig rig = rig()) {
            calls(rig, 10_000, TOO_OFTEN);
            assertThat(backlog(rig).limiting(rig.time.nanos())).isTrue();
            Call refused = calls.stream()
                    .filter(call -> call.fate() == Fate.REJECTED_LIMIT)
                    .findFirst()
                    .orElseThrow();
            assertThat(refused.endNanos()).isEqualTo(refused.startNanos());
            assertThat(refused.outcome()).asString().contains("overloaded", "critical", "limits.adaptive", "not sent");
            tally(rig);
            assertThat(fates.keySet()).containsExactlyInAnyOrder(Fate.SUCCESS, Fate.REJECTED_LIMIT);
            assertThat(count(Fate.REJECTED_LIMIT)).isBetween(1_500, 2_500);
            assertThat(backlog(rig).waiting()).isZero();
            assertThat(rig.registry.get("weft.client.backlog.calls").gauge().value())
                    .isZero();
        }
    }

    @Test
    void offItIsNotThereAndObservingItOnlyCounts() {
        try (Rig rig = rig("limits.adaptive", "off")) {
            calls(rig, 10_000, TOO_OFTEN);
            tally(rig);
            assertThat(count(Fate.REJECTED_LIMIT)).isZero();
            assertThat(count(Fate.SUCCESS)).isLessThan(6_000);
        }
        fates.clear();
        try (Rig rig = rig("limits.adaptive", "observe")) {
            calls(rig, 10_000, TOO_OFTEN);
            tally(rig);
            assertThat(count(Fate.REJECTED_LIMIT)).isZero();
            assertThat(rig.registry.get("weft.client.backlog.observed").gauge().value())
                    .isGreaterThan(100);
            assertThat(backlog(rig).waiting()).isZero();
        }
    }

    @Test
    void callsWithoutADeadlineAreNeitherCountedNorRefused() {
        try (Rig rig = rig("deadline.total", "off")) {
            // As many as limits.requests has room for.
            calls(rig, 3_500, TOO_OFTEN);
            assertThat(backlog(rig).waiting()).isZero();
            tally(rig);
            rig.time.advance(Duration.ofMinutes(1));
            assertThat(count(Fate.REJECTED_LIMIT)).isZero();
        }
    }

    @Test
    void whatCameLateBecauseThisProcessStoodStillIsNoMeasureForOthers() {
        try (Rig rig = rig()) {
            for (int i = 0; i < 10; i++) {
                calls.add(rig.begin());
            }
            rig.time.stall(Duration.ofMillis(1_200));
            for (int i = 0; i < 20; i++) {
                calls.add(rig.begin());
                rig.time.advance(EACH);
            }
            tally(rig);
            assertThat(fates).containsOnly(Map.entry(Fate.SUCCESS, 30));
        }
    }

    @ParameterizedTest
    @EnumSource
    void howeverACallEndsItIsCountedNoMore(AnyPace pace) {
        try (Rig rig = rig()) {
            for (Verdict verdict : Verdict.values()) {
                rig.wire.next(Answer.failure(verdict));
            }
            rig.wire.next(Answer.never());
            rig.calls(pace, Verdict.values().length + 1);
            rig.wire.next(Answer.never());
            rig.begin().cancel();
            rig.wire.script(attempt -> {
                throw new IllegalStateException("a bug in the transport");
            });
            rig.calls(pace, 3);
            rig.serve();
            rig.calls(pace, 3);
            assertThat(backlog(rig).waiting()).isZero();
        }
    }

    @Test
    void theLeastCriticalAreShedFirst() {
        try (Rig rig = rig()) {
            Map<Criticality, Integer> shed = new EnumMap<>(Criticality.class);
            Criticality[] all = Criticality.values();
            for (int i = 0; i < 12_000; i++) {
                Criticality criticality = all[i % all.length];
                Call call = rig.route()
                        .newCall("request", AnyPace.ASYNC.on(rig.time), criticality.storeInContext(Context.root()));
                rig.route().send(call);
                rig.time.advance(TOO_OFTEN);
                if (call.fate() == Fate.REJECTED_LIMIT && call.ended()) {
                    shed.merge(criticality, 1, Integer::sum);
                }
            }
            assertThat(shed).doesNotContainKeys(Criticality.CRITICAL_PLUS, Criticality.CRITICAL);
            assertThat(shed.get(Criticality.SHEDDABLE)).isGreaterThan(1_500);
            assertThat(Objects.requireNonNullElse(shed.get(Criticality.SHEDDABLE_PLUS), 0))
                    .isLessThan(600);
        }
    }
}
