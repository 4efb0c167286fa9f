package dev.weft.call;

import dev.weft.time.Time;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands a timer the rest of the call, which goes on at home. */
record AsyncPace(Time time, Executor home) implements Pace {
    private static final Logger log = LoggerFactory.getLogger(AsyncPace.class);

    @Override
    public boolean isBlocking() {
        return false;
    }

    @Override
    public Pace beside() {
        return this;
    }

    @Override
    public Time.Scheduled after(long delayNanos, Runnable task) {
        return time.after(delayNanos, () -> {
            try {
                home.execute(task);
            } catch (RejectedExecutionException e) {
                log.debug("nothing more is done beside calls: the executor is shut down", e);
            }
        });
    }

    @Override
    public Reply<Call> pause(Call call, long nanos) {
        if (call.expiresBefore(Time.plus(time.nanos(), nanos))) {
            return new Failure<>(call.deadlineExceeded("before the next attempt was due"));
        }
        Promise<Call> waited = new Promise<>();
        Time.Scheduled timer = time.after(nanos, () -> waited.succeed(call));
        call.onCancel(() -> {
            timer.cancel();
            waited.fail(call.cancellation());
        });
        Pauses pauses = call.ends().pauses();
        pauses.enter(call);
        waited.onDone(call, (c, outcome) -> pauses.leave(c));
        return resume(call, waited);
    }

    @Override
    public <R> Reply<R> settle(Call call, Promise<R> promise) {
        return promise;
    }

    @Override
    public <R> Reply<R> resume(Call call, Promise<R> promise) {
        Outcome<R> known = promise.outcome();
        if (known != null) {
            return known;
        }
        Promise<R> atHome = new Promise<>();
        promise.onDone(call, (c, outcome) -> goHome(atHome, outcome));
        return atHome;
    }

    private <R> void goHome(Promise<R> atHome, Outcome<R> outcome) {
        try {
            home.execute(() -> atHome.complete(outcome));
        } catch (RuntimeException e) {
            atHome.fail(new MeshException(
                    Fate.CANCELLED, "the executor that the call resumes on takes no more work: is it shut down?", e));
        }
    }
}
