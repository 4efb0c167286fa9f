package dev.weft.testkit;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Service;

/**
 * The two ways to call, so that one test runs a filter through both:
 *
 * <pre>{@literal
 * @ParameterizedTest @EnumSource
 * void aFailedAttemptIsTriedAgain(AnyPace pace) {
 *   Outcome<String> outcome = pace.run(time, service, new Call(request, policy, pace.on(time), Context.root()));
 * }
 * }</pre>
 */
public enum AnyPace {
    BLOCKING {
        @Override
        public Pace on(FakeTime time) {
            return Pace.blocking(time);
        }
    },
    ASYNC {
        @Override
        public Pace on(FakeTime time) {
            return Pace.async(time, Runnable::run);
        }
    };

    /** The pace on that clock; an async call resumes on the thread that moves it. */
    public abstract Pace on(FakeTime time);

    /**
     * Makes a logical call as an edge does, moves the clock until it has an outcome, and closes its record. An async
     * call that nothing scheduled could complete is an error of the test.
     */
    public <R> Outcome<R> run(FakeTime time, Service<R> service, Call call) {
        Reply<R> reply = service.call(call);
        if (this == BLOCKING && !(reply instanceof Outcome)) {
            throw new AssertionError("a blocking call was given a promise: some filter does not settle");
        }
        Outcome<R> outcome = outcome(time, reply);
        call.finish(outcome);
        return outcome;
    }

    private static <R> Outcome<R> outcome(FakeTime time, Reply<R> reply) {
        if (reply instanceof Outcome<R> known) {
            return known;
        }
        Promise<R> promise = (Promise<R>) reply;
        Outcome<R> known = promise.outcome();
        while (known == null && time.step()) {
            known = promise.outcome();
        }
        if (known == null) {
            throw new AssertionError("nothing is scheduled that would complete the call: " + time);
        }
        return known;
    }
}
