package dev.weft.call;

/**
 * A function from a call to its reply. The leaf of a chain sends; every other service is a filter around one.
 *
 * @param <R> the response
 */
@FunctionalInterface
public interface Service<R> {
    /** Thread-safe. May throw: whoever folds the chain turns that into a {@link Failure}. */
    Reply<R> call(Call call);

    /** As {@link #call}, for those who must be told of every end: what it throws is a failure like others. */
    default Reply<R> attempt(Call call) {
        try {
            return call(call);
        } catch (Throwable thrown) {
            return new Failure<>(thrown);
        }
    }
}
