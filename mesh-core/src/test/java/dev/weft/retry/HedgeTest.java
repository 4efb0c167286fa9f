package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Outcome;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Backlog;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Through the whole stack, in virtual time: answers take 10 ms, and what takes longer is late. */
class HedgeTest {
    private static final Duration USUAL = Duration.ofMillis(10);
    private static final Duration SLOW = Duration.ofSeconds(1);
    /** Enough calls that it is known what is late, and that there is budget for a hedge. */
    private static final int LEARNING = 400;

    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");

    private MeshBuilder builder(String... addresses) {
        return Mesh.builder()
                .time(time)
                .random(new Random(42))
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .set("hedge.maxExtraLoad", "1%");
    }

    private Mesh mesh(String... addresses) {
        return builder(addresses).start();
    }

    private Mesh mesh() {
        return mesh("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
    }

    private Run call(Mesh mesh, AnyPace pace) {
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
        Call call = route.newCall("request", pace.on(time), Context.root());
        long began = time.nanos();
        Outcome<String> outcome = pace.run(time, route::send, call);
        return new Run(call, outcome, Duration.ofNanos(time.nanos() - began));
    }

    private void learn(Mesh mesh, AnyPace pace) {
        wire.script(attempt -> Answer.ok("stock").after(USUAL));
        for (int i = 0; i < LEARNING; i++) {
            call(mesh, pace);
        }
    }

    private record Run(Call call, Outcome<String> outcome, Duration took) {
        String value() {
            return ((Success<String>) outcome).value();
        }
    }

    /** The first leg of each call gets {@code first}, the second {@code second}. */
    private void legs(Answer<String> first, Answer<String> second) {
        wire.script(attempt -> attempt.number() == 1 ? first : second);
    }

    private List<Call> legsOf(Run run) {
        return wire.attempts().stream().filter(leg -> leg.parent() == run.call).toList();
    }

    @ParameterizedTest
    @EnumSource
    void aLateAttemptIsSentElsewhereAndTheAnswerThatComesFirstWins(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            legs(Answer.ok("late").after(SLOW), Answer.ok("hedged").after(USUAL));

            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("hedged");
            assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS_BY_HEDGE);
            assertThat(run.took).isBetween(Duration.ofMillis(20), Duration.ofMillis(25));
            List<Call> legs = legsOf(run);
            assertThat(legs).extracting(Call::node).doesNotHaveDuplicates().hasSize(2);
            assertThat(legs)
                    .extracting(leg -> Criticality.in(leg.context()))
                    .containsExactly(Criticality.CRITICAL, Criticality.SHEDDABLE_PLUS);
            assertThat(legs.get(0).cancelled()).as("the loser is cut off").isTrue();
            assertThat(legs.get(0).verdict()).isEqualTo(Verdict.CANCELLED);
            assertNothingLeftToRun();
            assertIdle(mesh);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenTheFirstComesAfterAllItsAnswerCountsAndTheSecondIsCutOff(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            legs(
                    Answer.ok("late").after(USUAL.multipliedBy(2)),
                    Answer.ok("hedged").after(SLOW));

            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("late");
            assertThat(run.call.fate()).as("nothing was retried").isEqualTo(Fate.SUCCESS);
            assertThat(legsOf(run).get(1).verdict()).isEqualTo(Verdict.CANCELLED);
            assertNothingLeftToRun();
            assertIdle(mesh);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLegThatEndsBadlyLeavesItToTheOther(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            legs(
                    Answer.of(Verdict.UNAVAILABLE, 503, "sorry").after(Duration.ofMillis(15)),
                    Answer.ok("hedged").after(Duration.ofMillis(30)));

            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("hedged");
            assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS_BY_HEDGE);
            assertThat(wire.discarded()).containsExactly("sorry");
            assertThat(legsOf(run)).hasSize(2);
            assertIdle(mesh);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenBothLegsEndBadlyThatIsOneTryAndTheNextOneFollows(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            wire.script(attempt -> attempt.number() <= 2
                    ? Answer.of(Verdict.UNAVAILABLE, 503, "sorry").after(Duration.ofMillis(20))
                    : Answer.ok("third").after(Duration.ofMillis(1)));

            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("third");
            assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            assertThat(run.call.attempts()).isEqualTo(3);
            assertThat(wire.discarded()).containsExactly("sorry", "sorry");
            assertIdle(mesh);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotIdempotentOrCannotBeSentAgainIsNeverHedged(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            legs(Answer.ok("late").after(SLOW), Answer.ok("hedged").after(USUAL));

            wire.idempotent(false);
            assertThat(call(mesh, pace).value()).isEqualTo("late");
            wire.idempotent(true).replayable(false);
            assertThat(call(mesh, pace).value()).isEqualTo("late");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatUndoesWhatCameAfterItIsHedgedOnlyWherePolicySaysThatItMayBe(AnyPace pace) {
        wire.hedgeable(false);
        for (String idempotent : List.of("false", "true")) {
            try (Mesh mesh = builder("10.0.0.1:80", "10.0.0.2:80")
                    .set("idempotent", idempotent)
                    .start()) {
                learn(mesh, pace);
                legs(Answer.ok("late").after(SLOW), Answer.ok("hedged").after(USUAL));

                assertThat(call(mesh, pace).value()).isEqualTo(idempotent.equals("true") ? "hedged" : "late");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHedgeIsOneOfTheAttemptsThatACallMayMake(AnyPace pace) {
        for (int attempts = 1; attempts <= 4; attempts++) {
            try (Mesh mesh = builder("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80")
                    .set("retry.attempts", String.valueOf(attempts))
                    .set("retry.budget.perSecond", "1000")
                    .start()) {
                learn(mesh, pace);
                wire.script(
                        attempt -> Answer.of(Verdict.UNAVAILABLE, 503, "sorry").after(USUAL.multipliedBy(3)));

                Run run = call(mesh, pace);

                assertThat(legsOf(run)).hasSize(attempts);
                assertThat(run.call.fate().success()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLastOfTheAttemptsIsNotHedged(AnyPace pace) {
        try (Mesh mesh = builder("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80")
                .set("retry.attempts", "2")
                .start()) {
            learn(mesh, pace);
            wire.script(attempt -> switch (attempt.number()) {
                case 1 -> Answer.of(Verdict.UNAVAILABLE, 503, "sorry");
                case 2 -> Answer.ok("late").after(Duration.ofMillis(100));
                default -> Answer.ok("hedged").after(USUAL);
            });

            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("late");
            assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereThereIsOnlyOneNodeNothingIsHedged(AnyPace pace) {
        try (Mesh mesh = mesh("10.0.0.1:80")) {
            learn(mesh, pace);
            legs(Answer.ok("late").after(SLOW), Answer.ok("hedged").after(USUAL));

            assertThat(call(mesh, pace).value()).isEqualTo("late");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileTheServiceIsOverloadedNothingIsHedged(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            overload(mesh);
            legs(Answer.ok("late").after(SLOW), Answer.ok("hedged").after(USUAL));
            assertThat(call(mesh, pace).value()).isEqualTo("late");
            assertThat(call(mesh, pace).value()).isEqualTo("late");
            time.advance(Duration.ofSeconds(3));
            assertThat(call(mesh, pace).value()).as("when that is over").isEqualTo("hedged");
        }
    }

    /** Calls of other callers stand in line, and one of them is refused. */
    private void overload(Mesh mesh) {
        Backlog backlog =
                Objects.requireNonNull(mesh.clusters().get("inventory")).backlog();
        long second = SLOW.toNanos();
        for (int i = 0; i < 5; i++) {
            backlog.entered(time.nanos());
        }
        time.advance(SLOW);
        for (int i = 0; i < 5; i++) {
            backlog.answered(second, time.nanos());
        }
        for (int i = 0; i < 500; i++) {
            backlog.entered(time.nanos());
        }
        assertThat(backlog.admits(second, Criticality.CRITICAL.share(), time.nanos()))
                .isFalse();
        for (int i = 0; i < 500; i++) {
            backlog.left();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenEveryAnswerIsLateTheExtraLoadStaysWithinItsShare(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            legs(
                    Answer.ok("late").after(Duration.ofMillis(50)),
                    Answer.ok("hedged").after(Duration.ofMillis(50)));
            int before = wire.attempts().size();
            for (int i = 0; i < 1000; i++) {
                call(mesh, pace);
            }

            int hedges = wire.attempts().size() - before - 1000;
            // What the calls before have paid in is spent as well.
            assertThat(hedges).isBetween(1, 14);
        }
    }

    /** No node has anything against it. */
    private void answered() {
        wire.attempts()
                .forEach(leg -> Objects.requireNonNull(leg.node()).standing().succeeded(false));
    }

    /** The hedges' own share is spent: one in ten is lost, and one in a hundred may be hedged. */
    @ParameterizedTest
    @EnumSource
    void whatIsLostAtANodeThatAnswersOthersIsPaidForAsARetry(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            legs(Answer.ok("late").after(SLOW), Answer.ok("hedged").after(USUAL));
            Run spent = call(mesh, pace);
            for (int i = 0; i < 20 && spent.took.compareTo(SLOW) < 0; i++) {
                answered();
                spent = call(mesh, pace);
            }
            assertThat(spent.took).as("nobody answers, so nobody is better").isEqualTo(SLOW);

            wire.script(attempt -> {
                Node node = Objects.requireNonNull(attempt.node());
                time.after(
                        USUAL.multipliedBy(2).toNanos(), () -> node.standing().succeeded(false));
                return attempt.number() == 1
                        ? Answer.ok("late").after(SLOW)
                        : Answer.ok("hedged").after(USUAL);
            });

            Run run = call(mesh, pace);
            assertThat(run.value()).isEqualTo("hedged");
            assertThat(run.took).isBetween(USUAL.multipliedBy(3), USUAL.multipliedBy(4));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatIsCancelledCutsOffBothLegs(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            legs(Answer.never(), Answer.never());
            Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
            Call call = route.newCall("request", pace.on(time), Context.root());
            time.after(Duration.ofMillis(100).toNanos(), call::cancel);

            Outcome<String> outcome = pace.run(time, route::send, call);

            assertThat(outcome).isInstanceOf(Failure.class);
            assertThat(call.fate()).isEqualTo(Fate.CANCELLED);
            assertThat(wire.attempts().stream().filter(leg -> leg.parent() == call))
                    .hasSize(2)
                    .allMatch(Call::cancelled);
            assertNothingLeftToRun();
            assertIdle(mesh);
        }
    }

    @ParameterizedTest
    @EnumSource
    void silenceOfBothLegsEndsWithTheDeadlineOfTheCall(AnyPace pace) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            legs(Answer.never(), Answer.never());

            Run run = call(mesh, pace);

            assertThat(run.outcome).isInstanceOf(Failure.class);
            assertThat(run.call.fate()).isEqualTo(Fate.FAILED_DEADLINE);
            assertIdle(mesh);
        }
    }

    /** But for one last look around. */
    private void assertNothingLeftToRun() {
        assertThat(time.pending()).isLessThanOrEqualTo(1);
        time.advance(Duration.ofMillis(100));
        assertThat(time.pending()).isZero();
    }

    /** Each counter is back at zero when nothing is under way. */
    private static void assertIdle(Mesh mesh) {
        assertThat(mesh.clusters().values().stream().flatMap(cluster -> cluster.nodes().stream()))
                .extracting(Node::inFlight)
                .containsOnly(0);
    }
}
