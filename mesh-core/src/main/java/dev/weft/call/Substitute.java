package dev.weft.call;

import org.jspecify.annotations.Nullable;

/**
 * Answers in place of a service that could not: code of the application's own, or what policy says.
 *
 * @param <R> the response
 */
@FunctionalInterface
public interface Substitute<R> {
    /**
     * Thread-safe; on the thread that carries the call, so it does not block an async one. What it throws leaves the call as
     * it was without it.
     *
     * @param failed what the call has come to without it
     * @return null where it has no answer either
     */
    @Nullable
    R answer(Call call, Outcome<R> failed) throws Exception;
}
