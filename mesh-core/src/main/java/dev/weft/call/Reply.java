package dev.weft.call;

/**
 * The answer to a call: an {@link Outcome} already known, or the {@link Promise} of one.
 *
 * <p>A blocking call only ever sees outcomes, so everything below runs at once on the caller's own thread.
 * Both methods take the call and hand it on, so that a filter can pass itself and needs no object per call.
 *
 * @param <R> the response
 */
public sealed interface Reply<R> permits Outcome, Promise {
    /** Watches: {@code observer} is told once, at once if the outcome is known. */
    void onDone(Call call, Observer<R> observer);

    /** Decides: the reply is what {@code next} makes of the outcome. */
    <T> Reply<T> then(Call call, Continuation<R, T> next);

    /** Is told of an outcome and can change nothing. Must not throw and must not block. */
    @FunctionalInterface
    interface Observer<R> {
        void done(Call call, Outcome<R> outcome);
    }

    /** Makes the next reply of an outcome. May throw, which is a {@link Failure}. */
    @FunctionalInterface
    interface Continuation<R, T> {
        Reply<T> resume(Call call, Outcome<R> outcome);
    }
}
