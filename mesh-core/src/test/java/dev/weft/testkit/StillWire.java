package dev.weft.testkit;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import org.jspecify.annotations.Nullable;

/**
 * A wire that sends nothing and makes no object of its own: what is measured over it is the stack's. Blocking attempts
 * are answered at once, async ones by {@link #answer}. For one thread.
 */
public class StillWire implements Wire<String> {
    private final Success<String> answer = new Success<>("fine");
    private @Nullable Call waiting;
    private @Nullable Promise<String> promise;

    @Override
    public Reply<String> call(Call attempt) {
        if (attempt.pace().isBlocking()) {
            return done(attempt);
        }
        waiting = attempt;
        Promise<String> promised = new Promise<>();
        promise = promised;
        return promised;
    }

    /** Answers the async attempt that was made last. */
    public void answer() {
        Call attempt = waiting;
        Promise<String> promised = promise;
        if (attempt != null && promised != null) {
            waiting = null;
            promise = null;
            promised.complete(done(attempt));
        }
    }

    private Outcome<String> done(Call attempt) {
        attempt.answered(Verdict.OK, 200, answer, attempt.time().nanos());
        attempt.end(null);
        return answer;
    }

    @Override
    public String protocol() {
        return "http";
    }

    @Override
    public boolean replayable(Call call) {
        return true;
    }

    @Override
    public boolean idempotent(Call call) {
        return true;
    }

    @Override
    public Pushback pushback(Call attempt, Outcome<String> outcome) {
        return Pushback.NONE;
    }

    @Override
    public void discard(String response) {}
}
