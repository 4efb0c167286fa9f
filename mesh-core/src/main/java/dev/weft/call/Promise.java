package dev.weft.call;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A reply that is not known yet. Completed once, by any thread; later completions lose. Those who wait run on
 * the completing thread, in the order in which they came.
 *
 * <p>Not a {@code CompletableFuture}: no wrapping of causes, no default executor, cancellation goes through
 * the {@link Call}. State is one word: the outcome, or the stack of those who wait. Lock-free.
 */
public final class Promise<R> implements Reply<R> {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Promise.class, "state", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Null, a Waiting, or an Outcome. */
    @SuppressWarnings("unused") // through STATE
    private volatile @Nullable Object state;

    /** The outcome, or null while there is none. */
    @SuppressWarnings("unchecked")
    public @Nullable Outcome<R> outcome() {
        return state instanceof Outcome<?> known ? (Outcome<R>) known : null;
    }

    public boolean done() {
        return state instanceof Outcome<?>;
    }

    /** Completes with a value; false when it was already complete. */
    public boolean succeed(R value) {
        return complete(new Success<>(value));
    }

    /** Completes with a failure; false when it was already complete. */
    public boolean fail(Throwable cause) {
        return complete(new Failure<>(cause));
    }

    /** Completes; false when it was already complete. */
    public boolean complete(Outcome<R> outcome) {
        Object seen;
        do {
            seen = state;
            if (seen instanceof Outcome<?>) {
                return false;
            }
        } while (!STATE.compareAndSet(this, seen, outcome));
        for (Waiting<R> waiting = inOrder(seen); waiting != null; waiting = waiting.next) {
            waiting.observer.done(waiting.call, outcome);
        }
        return true;
    }

    /** Completes as {@code reply} does. */
    void follow(Call call, Reply<R> reply) {
        if (reply instanceof Outcome<R> known) {
            complete(known);
        } else {
            reply.onDone(call, (c, outcome) -> complete(outcome));
        }
    }

    @Override
    public void onDone(Call call, Observer<R> observer) {
        Waiting<R> waiting = new Waiting<>(call, observer);
        while (true) {
            Object seen = state;
            if (seen instanceof Outcome<?>) {
                Outcome<R> known = outcome();
                if (known != null) {
                    observer.done(call, known);
                }
                return;
            }
            waiting.next = asWaiting(seen);
            if (STATE.compareAndSet(this, seen, waiting)) {
                return;
            }
        }
    }

    @Override
    public <T> Reply<T> then(Call call, Continuation<R, T> next) {
        Outcome<R> known = outcome();
        if (known != null) {
            return known.then(call, next);
        }
        Promise<T> result = new Promise<>();
        onDone(call, (c, outcome) -> result.follow(c, outcome.then(c, next)));
        return result;
    }

    @SuppressWarnings("unchecked")
    private static <R> @Nullable Waiting<R> asWaiting(@Nullable Object seen) {
        return (Waiting<R>) seen;
    }

    private static <R> @Nullable Waiting<R> inOrder(@Nullable Object seen) {
        Waiting<R> ordered = null;
        for (Waiting<R> at = asWaiting(seen); at != null; ) {
            Waiting<R> earlier = at.next;
            at.next = ordered;
            ordered = at;
            at = earlier;
        }
        return ordered;
    }

    private static final class Waiting<R> {
        final Call call;
        final Observer<R> observer;

        @Nullable
        Waiting<R> next;

        Waiting(Call call, Observer<R> observer) {
            this.call = call;
            this.observer = observer;
        }
    }
}
