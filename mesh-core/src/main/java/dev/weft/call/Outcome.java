package dev.weft.call;

/** A reply that is known: everything runs inline, now. */
public sealed interface Outcome<R> extends Reply<R> permits Success, Failure {
    @Override
    default void onDone(Call call, Observer<R> observer) {
        observer.done(call, this);
    }

    @Override
    default <T> Reply<T> then(Call call, Continuation<R, T> next) {
        try {
            return next.resume(call, this);
        } catch (Throwable thrown) {
            return Failure.of(thrown);
        }
    }
}
