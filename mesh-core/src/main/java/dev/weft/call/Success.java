package dev.weft.call;

/**
 * The service answered. That is not yet praise: an HTTP 503 is a success with a poor {@link Verdict}.
 *
 * @param value the response; its body may still be open
 */
public record Success<R>(R value) implements Outcome<R> {}
