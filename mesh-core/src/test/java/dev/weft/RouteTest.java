package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.stack.Fit;
import dev.weft.stack.Slot;
import dev.weft.stack.Stackable;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of calls and their answers when a user's filter does anything at all with them. */
class RouteTest {
    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<String>("stock")
            .script(attempt -> Answer.ok("stock").withOpenBody());
    private final AtomicInteger ends = new AtomicInteger();

    /** A call through the default stack with that filter in it, at that place. */
    private Run run(AnyPace pace, Slot above, Filter<String> filter) {
        Mesh mesh = Mesh.builder()
                .time(time)
                .random(new Random(42))
                .drain(Duration.ofMinutes(1))
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80", "10.0.0.2:80"))
                .stack(stack -> stack.before(above, new Own(filter)))
                .start();
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/", LayerValues.NONE);
        Call call = route.newCall("request", pace.on(time), Context.root());
        call.onEnd(ended -> ends.incrementAndGet());
        return new Run(mesh, call, pace.run(time, route::send, call));
    }

    private record Run(Mesh mesh, Call call, Outcome<String> outcome) {}

    /** The call has ended, once, its answer was thrown away, once, and nothing is left under way. */
    private void assertOverWithoutItsAnswer(Run run) {
        assertThat(wire.discarded()).containsExactly("stock");
        assertOver(run);
    }

    private void assertOver(Run run) {
        assertThat(run.call.ended()).isTrue();
        assertThat(ends).hasValue(1);
        assertThat(run.mesh.clusters().values())
                .allMatch(cluster -> cluster.nodes().stream().allMatch(node -> node.inFlight() == 0));
        Duration before = time.elapsed();
        run.mesh.close();
        assertThat(time.elapsed()).as("closing had to wait for nothing").isEqualTo(before);
        assertThat(time.pending()).isZero();
    }

    private static IllegalStateException bug() {
        return new IllegalStateException("a bug of the user's");
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerIsDisposedOfWhenAFilterThrowsOverIt(AnyPace pace) {
        Run run = run(
                pace,
                Slot.RETRY,
                (call, next) -> next.call(call).then(call, (c, outcome) -> {
                    throw bug();
                }));
        assertThat(run.outcome).isInstanceOf(Failure.class);
        assertThat(run.call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
        assertOverWithoutItsAnswer(run);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerIsDisposedOfWhenAFilterThrowsOnTheWayBack(AnyPace pace) {
        Run run = run(pace, Slot.LOG, (call, next) -> {
            next.call(call);
            throw bug();
        });
        assertThat(run.outcome).isInstanceOf(Failure.class);
        assertOverWithoutItsAnswer(run);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerIsDisposedOfWhenAFilterBelowTheRetriesThrowsOverIt(AnyPace pace) {
        Run run = run(
                pace,
                Slot.BALANCE,
                (call, next) -> next.call(call).then(call, (c, outcome) -> {
                    throw bug();
                }));
        assertThat(run.outcome).isInstanceOf(Failure.class);
        assertOverWithoutItsAnswer(run);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerIsDisposedOfWhenAFilterAnswersInItsPlace(AnyPace pace) {
        Run run = run(
                pace, Slot.RETRY, (call, next) -> next.call(call).then(call, (c, outcome) -> new Success<>("other")));
        assertThat(run.outcome).isEqualTo(new Success<>("other"));
        assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS);
        assertOverWithoutItsAnswer(run);
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerMadeFromTheNodesAnswerIsTheCallersToClose(AnyPace pace) {
        wire.carries((given, answer) -> given.startsWith(answer));
        Run run = run(
                pace,
                Slot.RETRY,
                (call, next) -> next.call(call)
                        .then(
                                call,
                                (c, outcome) -> new Success<>(((Success<String>) outcome).value() + ", translated")));
        assertThat(run.outcome).isEqualTo(new Success<>("stock, translated"));
        assertThat(run.call.ended()).isFalse();
        assertThat(wire.discarded()).isEmpty();

        wire.attempts().get(0).end(null);

        assertOver(run);
    }

    @ParameterizedTest
    @EnumSource
    void theFilterThatDisposesOfAnAnswerItselfIsNotHelpedAgain(AnyPace pace) {
        Run run = run(
                pace,
                Slot.RETRY,
                (call, next) -> next.call(call).then(call, (c, outcome) -> {
                    wire.discard(((Success<String>) outcome).value());
                    throw bug();
                }));
        assertOverWithoutItsAnswer(run);
    }

    @Test
    void anAttemptWhoseCallWasAnsweredWithoutItIsCutOff() {
        wire.script(attempt -> Answer.never());
        Run run = run(AnyPace.ASYNC, Slot.RETRY, (call, next) -> {
            next.call(call);
            return new Success<>("other");
        });
        assertThat(run.outcome).isEqualTo(new Success<>("other"));
        assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS);
        assertThat(wire.attempts()).hasSize(1).allMatch(attempt -> attempt.verdict() == Verdict.CANCELLED);
        assertOver(run);
    }

    @Test
    void aCallThatWasAnsweredWithoutItsAttemptsIsNotTriedAgain() {
        wire.script(attempt -> Answer.of(Verdict.UNAVAILABLE, 503, "stock").withOpenBody());
        Run run = run(AnyPace.ASYNC, Slot.RETRY, (call, next) -> {
            assertThat(next.call(call)).as("a pause").isInstanceOf(Promise.class);
            return new Success<>("other");
        });
        time.advance(Duration.ofSeconds(10));
        assertThat(wire.attempts()).hasSize(1);
        assertOverWithoutItsAnswer(run);
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsThrownIsTheReply(AnyPace pace) {
        for (Throwable thrown :
                new Throwable[] {bug(), new StackOverflowError(), new OutOfMemoryError("of the test")}) {
            ends.set(0);
            Run run = run(pace, Slot.LOG, new Throwing(thrown));
            assertThat(run.outcome).isEqualTo(new Failure<>(thrown));
            assertOver(run);
        }
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("NullAway") // that is the bug
    void aFilterThatAnswersNullIsNamed(AnyPace pace) {
        Run run = run(pace, Slot.LOG, (call, next) -> null);
        assertThat(run.outcome).isInstanceOf(Failure.class);
        assertThat(((Failure<String>) run.outcome).cause()).hasMessageContaining("answered null");
        assertOver(run);
    }

    @Test
    void aBlockingCallWaitsForAFilterThatPromisesAnAnswer() {
        Run run = run(AnyPace.BLOCKING, Slot.LOG, (call, next) -> {
            Promise<String> later = new Promise<>();
            time.after(1_000_000, () -> later.succeed("later"));
            return later;
        });
        assertThat(run.outcome).isEqualTo(new Success<>("later"));
        assertOver(run);
    }

    /** Throws where no fold catches it. */
    private record Throwing(Throwable thrown) implements Filter<String> {
        @Override
        public Service<String> around(Service<String> next) {
            return call -> apply(call, next);
        }

        @Override
        public Reply<String> apply(Call call, Service<String> next) {
            throw Throwing.<RuntimeException>unchecked(thrown);
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <E extends Throwable> RuntimeException unchecked(Throwable thrown) throws E {
            throw (E) thrown;
        }
    }

    /** The user's filter as a layer. */
    private record Own(Filter<String> own) implements Stackable {
        @Override
        public String name() {
            return "own";
        }

        @Override
        @SuppressWarnings("unchecked") // this test's wire answers with strings
        public <R> Filter<R> filter(Fit<R> fit) {
            return (Filter<R>) own;
        }
    }
}
