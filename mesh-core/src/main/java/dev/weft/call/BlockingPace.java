package dev.weft.call;

import dev.weft.time.Time;
import java.util.concurrent.locks.LockSupport;

/** Parks the caller. */
record BlockingPace(Time time, Pace beside) implements Pace {
    @Override
    public boolean isBlocking() {
        return true;
    }

    @Override
    public Time.Scheduled after(long delayNanos, Runnable task) {
        return beside.after(delayNanos, task);
    }

    @Override
    public Reply<Call> pause(Call call, long nanos) {
        long until = Time.plus(time.nanos(), nanos);
        if (call.expiresBefore(until)) {
            return new Failure<>(call.deadlineExceeded("before the next attempt was due"));
        }
        Thread caller = Thread.currentThread();
        call.onCancel(() -> LockSupport.unpark(caller));
        Pauses pauses = call.ends().pauses();
        pauses.enter(call);
        try {
            time.park(call::cancelled, until);
        } finally {
            pauses.leave(call);
        }
        if (caller.isInterrupted()) {
            call.cancel();
        }
        return call.cancelled() ? new Failure<>(call.cancellation()) : new Success<>(call);
    }

    @Override
    public <R> Reply<R> settle(Call call, Promise<R> promise) {
        Outcome<R> known = promise.outcome();
        if (known != null) {
            return known;
        }
        Thread caller = Thread.currentThread();
        promise.onDone(call, (c, outcome) -> LockSupport.unpark(caller));
        time.park(promise::done, call.deadlineNanos());
        known = promise.outcome();
        if (known != null) {
            return known;
        }
        Throwable cause = caller.isInterrupted() ? call.cancellation() : call.deadlineExceeded("while it waited");
        // First the reason and then the cut: what is cut off says that it was cancelled, and why is known here.
        promise.fail(cause);
        call.cancel();
        known = promise.outcome();
        return known == null ? new Failure<>(cause) : known;
    }

    @Override
    public <R> Reply<R> resume(Call call, Promise<R> promise) {
        return settle(call, promise);
    }
}
