package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Outcome;
import dev.weft.call.Pushback;
import dev.weft.call.RetriesSpent;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is tried again and what never is, through the whole stack. */
class RetryFilterTest {
    private static final Set<Verdict> ALWAYS_SAFE = EnumSet.of(Verdict.UNSENT, Verdict.REFUSED, Verdict.OVERLOADED);
    private static final Set<Verdict> SAFE_IF_IDEMPOTENT =
            EnumSet.of(Verdict.LOST, Verdict.TIMEOUT, Verdict.UNAVAILABLE, Verdict.SERVER_ERROR, Verdict.THROTTLED);

    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");

    private Mesh mesh(String... settings) {
        var builder = Mesh.builder()
                .time(time)
                .random(new Random(42))
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"));
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        return builder.start();
    }

    private Run call(Mesh mesh, AnyPace pace) {
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
        Call call = route.newCall("request", pace.on(time), Context.root());
        return new Run(call, pace.run(time, route::send, call));
    }

    private record Run(Call call, Outcome<String> outcome) {}

    static Stream<Arguments> everyVerdict() {
        return Stream.of(AnyPace.values())
                .flatMap(pace -> Stream.of(Verdict.values())
                        .filter(verdict -> verdict != Verdict.OK)
                        .flatMap(verdict -> Stream.of(true, false)
                                .flatMap(idempotent -> Stream.of(true, false)
                                        .map(replayable -> Arguments.of(pace, verdict, idempotent, replayable)))));
    }

    private static Answer<String> badly(Verdict verdict) {
        return switch (verdict) {
            case CALLER_ERROR -> Answer.of(verdict, 404, "no");
            case THROTTLED -> Answer.of(verdict, 429, "no");
            case UNAVAILABLE -> Answer.of(verdict, 503, "no");
            case SERVER_ERROR -> Answer.of(verdict, 500, "no");
            default -> Answer.failure(verdict);
        };
    }

    @ParameterizedTest
    @MethodSource("everyVerdict")
    void onlyWhatIsSafeAndOfUseIsTriedAgain(AnyPace pace, Verdict verdict, boolean idempotent, boolean replayable) {
        wire.idempotent(idempotent).replayable(replayable).next(badly(verdict));
        try (Mesh mesh = mesh()) {
            Run run = call(mesh, pace);

            boolean again = replayable
                    && (ALWAYS_SAFE.contains(verdict) || (idempotent && SAFE_IF_IDEMPOTENT.contains(verdict)));
            assertThat(wire.attempts()).hasSize(again ? 2 : 1);
            assertThat(run.call.fate() == Fate.SUCCESS_AFTER_RETRY).isEqualTo(again);
        }
    }

    static Stream<Arguments> whatASecondNodeTells() {
        return Stream.of(AnyPace.values())
                .flatMap(pace ->
                        Stream.of(Verdict.SERVER_ERROR, Verdict.THROTTLED).map(verdict -> Arguments.of(pace, verdict)));
    }

    @ParameterizedTest
    @MethodSource("whatASecondNodeTells")
    void whatTwoNodesSayIsNoNodesOwnAndNobodyIsToAskAThird(AnyPace pace, Verdict verdict) {
        wire.script(attempt -> badly(verdict));
        try (Mesh mesh = mesh()) {
            Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
            RetriesSpent spent = new RetriesSpent();
            Call call = route.newCall("request", pace.on(time), spent.storeIn(Context.root()));
            pace.run(time, route::send, call);

            assertThat(call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
            assertThat(wire.asked()).hasSize(2).doesNotHaveDuplicates();
            assertThat(spent.spent()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheOnlyNodeSaysIsNotAskedOfItAgain(AnyPace pace) {
        wire.script(attempt -> badly(wire.attempts().size() == 1 ? Verdict.SERVER_ERROR : Verdict.THROTTLED));
        try (Mesh mesh = Mesh.builder()
                .time(time)
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80"))
                .start()) {
            call(mesh, pace);
            assertThat(wire.attempts()).hasSize(1);
            call(mesh, pace);
            assertThat(wire.attempts()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoForbidsItIsNotAskedAgain(AnyPace pace) {
        wire.next(Answer.<String>of(Verdict.UNAVAILABLE, 503, "no").pushback(Pushback.FORBIDDEN));
        try (Mesh mesh = mesh()) {
            assertThat(call(mesh, pace).call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
            assertThat(wire.attempts()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatAServerForbidsItsCallersCallerIsForbiddenToo(AnyPace pace) {
        wire.next(Answer.<String>of(Verdict.UNAVAILABLE, 503, "no").pushback(Pushback.FORBIDDEN));
        try (Mesh mesh = mesh()) {
            Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
            RetriesSpent spent = new RetriesSpent();
            Call call = route.newCall("request", pace.on(time), spent.storeIn(Context.root()));
            pace.run(time, route::send, call);
            assertThat(spent.spent()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoCannotBeReachedDoesNotCountWhileThereIsSomebodyElse(AnyPace pace) {
        wire.next(Answer.failure(Verdict.LOST))
                .next(Answer.failure(Verdict.UNSENT))
                .next(Answer.failure(Verdict.UNSENT));
        try (Mesh mesh = Mesh.builder()
                .time(time)
                .random(new Random(42))
                .resolver(StaticResolver.empty()
                        .with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80", "10.0.0.5:80"))
                .start()) {
            Run run = call(mesh, pace);
            assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            assertThat(wire.asked()).hasSize(4).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereNobodyCanBeReachedItEndsWhenAllWereAskedOnce(AnyPace pace) {
        wire.script(attempt -> Answer.failure(Verdict.UNSENT));
        try (Mesh mesh = mesh()) {
            assertThat(call(mesh, pace).call.fate().success()).isFalse();
            assertThat(wire.asked().subList(0, 3)).doesNotHaveDuplicates();
            assertThat(wire.asked()).hasSizeBetween(4, 6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBackOffStartsAnewAfterAServerHasSaidWhen(AnyPace pace) {
        Answer<String> busy = badly(Verdict.UNAVAILABLE);
        Answer<String> soon = Answer.<String>of(Verdict.UNAVAILABLE, 503, "no")
                .pushback(Pushback.waitFor(Duration.ofMillis(1).toNanos()));
        try (Mesh mesh = mesh(
                "retry.attempts",
                "10",
                "retry.backoff.base",
                "1ms",
                "retry.backoff.cap",
                "5m",
                "retry.budget.perSecond",
                "1000",
                "limits.throttle",
                "off",
                "deadline.total",
                "5m")) {
            for (int i = 0; i < 20; i++) {
                wire.next(busy, busy, busy, busy, soon, busy);
                int before = wire.attempts().size();
                call(mesh, pace);

                List<Call> made =
                        wire.attempts().subList(before, wire.attempts().size());
                assertThat(made).hasSize(7);
                assertThat(Duration.ofNanos(
                                made.get(6).startNanos() - made.get(5).startNanos()))
                        .isLessThanOrEqualTo(Duration.ofMillis(2));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTimeBeyondTheDeadlineFailsNow(AnyPace pace) {
        wire.next(Answer.<String>of(Verdict.UNAVAILABLE, 503, "no")
                .pushback(Pushback.waitFor(Duration.ofSeconds(60).toNanos())));
        try (Mesh mesh = mesh("deadline.total", "1s")) {
            assertThat(call(mesh, pace).call.fate()).isEqualTo(Fate.FAILED_DEADLINE);
            assertThat(time.elapsed()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void withTooLittleTimeLeftNothingMoreIsSent(AnyPace pace) {
        wire.next(Answer.<String>failure(Verdict.UNSENT).after(Duration.ofMillis(299)));
        try (Mesh mesh = mesh("deadline.total", "300ms")) {
            assertThat(call(mesh, pace).call.fate()).isEqualTo(Fate.FAILED_DEADLINE);
            assertThat(wire.attempts()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoseDeadlinePassesIsToldSoIdempotentOrNot(AnyPace pace) {
        wire.idempotent(false).next(Answer.never());
        try (Mesh mesh = mesh("deadline.total", "300ms")) {
            assertThat(call(mesh, pace).call.fate()).isEqualTo(Fate.FAILED_DEADLINE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyBudgetIsSaid(AnyPace pace) {
        wire.script(attempt -> Answer.of(Verdict.UNAVAILABLE, 503, "no"));
        try (Mesh mesh = mesh("retry.budget.perSecond", "0")) {
            assertThat(call(mesh, pace).call.fate()).isEqualTo(Fate.FAILED_BUDGET);
            assertThat(wire.attempts()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatIsCancelledWhileItWaitsLeavesNoAnswerOpen(AnyPace pace) {
        wire.script(attempt -> Answer.<String>of(Verdict.UNAVAILABLE, 503, "no")
                .pushback(Pushback.waitFor(Duration.ofSeconds(5).toNanos()))
                .withOpenBody());
        try (Mesh mesh = mesh("deadline.total", "1m")) {
            Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
            Call call = route.newCall("request", pace.on(time), Context.root());
            time.after(Duration.ofSeconds(1).toNanos(), call::cancel);

            Outcome<String> outcome = pace.run(time, route::send, call);

            assertThat(outcome).isInstanceOf(Failure.class);
            assertThat(call.fate()).isEqualTo(Fate.CANCELLED);
            assertThat(call.ended()).isTrue();
            assertThat(wire.discarded()).containsExactly("no");
            assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStatusOfThePolicysOwnIsTriedAgainAndIsNoSuccess(AnyPace pace) {
        wire.script(attempt -> Answer.of(Verdict.CALLER_ERROR, 409, "no"));
        try (Mesh mesh = mesh("retry.alsoOn", "409")) {
            Run run = call(mesh, pace);
            assertThat(run.outcome).isInstanceOf(Success.class);
            assertThat(wire.attempts()).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoMakesNoRetriesTellsItsCallersNothingOfThem(AnyPace pace) {
        wire.script(attempt -> Answer.of(Verdict.UNAVAILABLE, 503, "no"));
        for (String attempts : List.of("1", "2")) {
            RetriesSpent spent = new RetriesSpent();
            try (Mesh mesh = mesh("retry.attempts", attempts)) {
                Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
                Context served = spent.storeIn(Context.root());
                pace.run(time, route::send, route.newCall("request", pace.on(time), served));
            }
            assertThat(spent.spent()).as(attempts).isEqualTo(attempts.equals("2"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneTryIsBoundedByItself(AnyPace pace) {
        wire.next(Answer.never());
        try (Mesh mesh = mesh("retry.perTry", "100ms")) {
            assertThat(call(mesh, pace).call.fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            assertThat(time.elapsed()).isBetween(Duration.ofMillis(100), Duration.ofMillis(150));
        }
    }
}
