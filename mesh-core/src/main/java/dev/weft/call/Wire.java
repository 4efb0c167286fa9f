package dev.weft.call;

/**
 * A transport: the leaf that sends an attempt to {@link Call#node()}, and what only the transport can tell of
 * its requests and answers.
 *
 * <p>The leaf reports the head with {@link Call#answered} before it returns or completes, hands its
 * {@link Cancellable} to {@link Call#onCancel}, bounds the exchange by {@link Call#remainingNanos}, and calls
 * {@link Call#end} exactly when nothing of the exchange is left open.
 *
 * @param <R> the response
 */
public interface Wire<R> extends Service<R> {
    /** The protocol, for metrics and spans: {@code http}, {@code grpc}. */
    String protocol();

    /** Whether the request can be sent again: its body is held in memory or can be read anew. */
    boolean replayable(Call call);

    /** Whether the protocol itself says that doing it twice is as good as once. */
    boolean idempotent(Call call);

    /** What the answer asks of whoever would retry. */
    Pushback pushback(Call attempt, Outcome<R> outcome);

    /** Disposes of an answer that nobody wants. */
    void discard(R response);
}
