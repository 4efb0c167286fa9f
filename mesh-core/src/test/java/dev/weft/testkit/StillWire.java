package dev.weft.testkit;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import org.jspecify.annotations.Nullable;

/**
 * A wire that sends nothing and makes no object of its own: what is measured over it is the stack's. Blocking attempts
 * are answered at once, async ones by {@link #answer}, of which each thread has one at a time. It does by the call what
 * every wire must: the head, the end, and so two looks at the clock.
 */
public class StillWire implements Wire<String> {
    private static final Outcome<String> ANSWER = new Success<>("fine");

    private final ThreadLocal<Exchange> exchange = ThreadLocal.withInitial(Exchange::new);

    @Override
    public Reply<String> call(Call attempt) {
        if (attempt.pace().isBlocking()) {
            return done(attempt);
        }
        Exchange mine = exchange.get();
        mine.attempt = attempt;
        mine.promise = new Promise<>();
        return mine.promise;
    }

    /** Answers the async attempt that this thread made last. */
    public void answer() {
        Exchange mine = exchange.get();
        Promise<String> promise = mine.promise;
        Call attempt = mine.attempt;
        if (promise != null && attempt != null) {
            mine.promise = null;
            promise.complete(done(attempt));
        }
    }

    private static Outcome<String> done(Call attempt) {
        attempt.answered(Verdict.OK, 200, ANSWER, attempt.time().nanos());
        attempt.end(null);
        return ANSWER;
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
    public boolean hedgeable(Call call) {
        return true;
    }

    @Override
    public void discard(String response) {}

    private static final class Exchange {
        @Nullable
        Call attempt;

        @Nullable
        Promise<String> promise;
    }
}
