package dev.weft.simulator.world;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on its way: to the server, through its queue and its work, and back. The caller may be gone long before the
 * server has noticed. It is its own next event: one thing at a time happens to it.
 */
final class Exchange extends Event implements Cancellable {
    /** Where it is. */
    enum Stage {
        GOING,
        /** At the server, which decides when it goes on. */
        THERE,
        RETURNING,
        OVER
    }

    private final World world;
    private final Call attempt;
    private final Server server;
    private final Promise<Answer> promise = new Promise<>();
    private final @Nullable Event deadline;
    private Stage stage = Stage.GOING;
    /** Among those at the server; negative where it is not one of them. The server's to write. */
    int seat = -1;
    /** What the server will have to say of it, where that was settled as its work began. The server's to write. */
    @Nullable
    Answer doom;
    /** What comes back: an answer, or why there is none. */
    private @Nullable Answer answer;

    private @Nullable Verdict trouble;

    Exchange(World world, Call attempt, Server server) {
        this.world = world;
        this.attempt = attempt;
        this.server = server;
        this.deadline = attempt.hasDeadline() ? new Deadline() : null;
    }

    Call attempt() {
        return attempt;
    }

    Reply<Answer> send() {
        world.tally().attempt(server.number(), world.time().elapsed());
        Call before = attempt.previous();
        if (before != null && before.headNanos() == 0 && before.endNanos() == 0) {
            world.tally().hedge(server.number(), world.time().elapsed());
        }
        if (deadline != null) {
            world.time().plan(deadline, attempt.remainingNanos(world.time().nanos()));
        }
        world.time().plan(this, world.oneWayNanos());
        attempt.onCancel(this);
        return promise;
    }

    /** Whether nobody waits for it any longer. */
    boolean unwanted() {
        return promise.done();
    }

    @Override
    void happen() {
        if (stage == Stage.GOING) {
            stage = Stage.THERE;
            server.arrive(this);
        } else if (stage == Stage.THERE) {
            server.done(this);
        } else if (stage == Stage.RETURNING) {
            stage = Stage.OVER;
            Answer given = answer;
            if (given != null) {
                known(given.verdict(), given.status(), new Success<>(given));
            } else if (trouble != null) {
                known(trouble, 0, new Failure<>(new NoAnswer(trouble)));
            }
        }
    }

    /** The server answers. */
    void answer(Answer said) {
        answer = said;
        goBack();
    }

    /** There is no answer, and the caller's side notices. */
    void fail(Verdict why) {
        trouble = why;
        world.time().takeBack(this);
        goBack();
    }

    private void goBack() {
        stage = Stage.RETURNING;
        world.time().plan(this, world.oneWayNanos());
    }

    private void known(Verdict verdict, int status, Outcome<Answer> outcome) {
        if (promise.done()) {
            return;
        }
        if (deadline != null) {
            world.time().takeBack(deadline);
        }
        attempt.answered(verdict, status, outcome, world.time().nanos());
        attempt.end(null);
        promise.complete(outcome);
    }

    /** Its caller wants no answer. */
    @Override
    public void cancel() {
        leave(Verdict.CANCELLED);
    }

    private void leave(Verdict why) {
        if (!promise.done()) {
            known(why, 0, new Failure<>(new NoAnswer(why)));
            server.callerGone(this);
        }
    }

    /** The end of the caller's patience. */
    private final class Deadline extends Event {
        @Override
        void happen() {
            leave(Verdict.TIMEOUT);
        }
    }

    /** Why there is none. */
    private static final class NoAnswer extends IOException {
        private static final long serialVersionUID = 1L;

        NoAnswer(Verdict why) {
            super("simulated: " + why.label());
        }

        /** Where it was made tells nobody anything. */
        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized") // does nothing
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
