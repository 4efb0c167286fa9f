package dev.weft.call;

import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.LoadSignal;
import dev.weft.policy.Policy;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import org.jspecify.annotations.Nullable;

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
public interface Wire<R> extends Service<R>, AutoCloseable {
    /**
     * The leaf for attempts under this policy: what policy says of it is looked up here, and not for each attempt. Asked
     * once for each chain that is built.
     */
    default Service<R> under(Policy policy) {
        return this;
    }

    /** The protocol, for metrics and spans: {@code http}, {@code grpc}. */
    String protocol();

    /** Whether the request can be sent again: its body is held in memory or can be read anew. */
    boolean replayable(Call call);

    /** Whether the protocol itself says that doing it twice is as good as once. */
    boolean idempotent(Call call);

    /**
     * Whether it changes nothing on the other side (HTTP GET), so that nobody minds when, or how often, it gets there.
     * What is idempotent only, such as PUT, undoes what came after it where it comes late.
     */
    default boolean safe(Call call) {
        return false;
    }

    /**
     * Whether a second request beside this one does no harm even if one of the two gets there after what was asked since:
     * it is {@link #safe}, or the server knows the second by a key of its own.
     */
    default boolean hedgeable(Call call) {
        return safe(call);
    }

    /**
     * Whether the protocol has attempts that no server's application can have seen made once more at once, beside those that
     * count and for nothing: each that was never sent or {@link #lostItsConnection}, while there is a node that was not
     * asked, and the first that was refused.
     */
    default boolean repeatsUnseen() {
        return false;
    }

    /**
     * Of an attempt that was refused: whether it was because its connection was told to go, which says nothing of what
     * another node will do.
     */
    default boolean lostItsConnection(Call attempt) {
        return false;
    }

    /**
     * Whether the call, while there is nobody who could be sent it, waits for one to its deadline, whatever retries are
     * left.
     */
    default boolean waitsForConnection(Call call) {
        return false;
    }

    /** What the answer asks of whoever would retry. */
    default Pushback pushback(Call attempt, Outcome<R> outcome) {
        return Pushback.NONE;
    }

    /**
     * Whether requests to the service share connections, as far as is known now; where they do not, each request
     * under way holds one.
     */
    default boolean multiplexed(String service) {
        return false;
    }

    /**
     * Before how many nanoseconds no attempt counts as late: a second one beside it means that one of the two is cut off,
     * which may cost its connection, and that is to be worth it.
     */
    default long leastLateNanos(Call attempt) {
        return 0;
    }

    /**
     * What the request says in one place, for layers that go by it; read only where policy names the place.
     *
     * @param name of the header or cookie; without meaning for the path
     * @return null where the request says nothing there
     */
    default @Nullable String read(Call call, RequestPart part, String name) {
        return null;
    }

    /**
     * What the server said of its own load with the answer to this attempt, if it did. Asked when the attempt has ended,
     * where somebody goes by it.
     */
    default @Nullable LoadReport loadReport(Call attempt) {
        return null;
    }

    /**
     * What the server said of how busy it is with the answer to this attempt, if it was asked to and did. Asked when the
     * attempt has ended, where somebody goes by it.
     */
    default @Nullable LoadSignal loadSignal(Call attempt) {
        return null;
    }

    /** Disposes of an answer that nobody wants. */
    void discard(R response);

    /**
     * Whether closing {@code given} closes {@code answer}. Asked where a filter has handed up another answer than it got:
     * one that was made from it goes on with it, one in place of it does not, and then the answer is disposed of.
     */
    @SuppressWarnings("ReferenceEquality") // which one it is, not what it says
    default boolean carries(R given, R answer) {
        return given == answer;
    }

    /** How those who ask the same at the same time share an answer, where the protocol's answers can be copied. */
    default @Nullable Sharing<R> sharing() {
        return null;
    }

    /** The answer that policy itself has for calls that have failed, in the protocol's own settings; null where it has none. */
    default @Nullable Substitute<R> fixedAnswer(Policy policy) {
        return null;
    }

    /** What asks nodes how they are, if the transport can; what policy calls the check is {@link #protocol}. */
    default @Nullable Prober prober() {
        return null;
    }

    /** Cuts off what is still under way and ends the transport's threads. The mesh calls it when it has drained. */
    @Override
    default void close() {}

    // For those who watch. What they are told must be free of secrets: no credentials, no query, no header values.

    /** What the request does, from a bounded set: {@code GET}, {@code inventory.Inventory/Stock}. Names the span. */
    default String operation(Call call) {
        return protocol();
    }

    /** A status number as a label, from a bounded set: {@code 2xx}; {@code none} for 0. */
    default String statusLabel(int status) {
        if (status == 0) {
            return "none";
        }
        return status >= 100 && status < 600 ? status / 100 + "xx" : "other";
    }

    /**
     * Tells the span of a call or an attempt what its request is, in the words of the protocol's semantic conventions:
     * {@code http.request.method}, {@code url.full}. Server address and port are told by others.
     */
    default void describeRequest(Call call, SpanBuilder span) {}

    /** The same of its answer: {@code http.response.status_code}, {@code network.protocol.version}. */
    default void describeAnswer(Call attempt, Span span) {}
}
