package dev.weft.call;

/**
 * Makes answers that nobody sent.
 *
 * @param <R> the response
 */
@FunctionalInterface
public interface FixedAnswers<R> {
    /** An answer to {@code call}, complete. */
    R make(Call call, int status, String contentType, String body);
}
