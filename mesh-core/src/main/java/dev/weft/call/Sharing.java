package dev.weft.call;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How those who ask the same at the same time share one answer.
 *
 * @param <R> the response
 */
public interface Sharing<R> {
    /** Whether a header of that name, in lower case, only traces a request: no two are the same, and no answer depends on it. */
    static boolean tracing(String header) {
        return header.equals("traceparent")
                || header.equals("tracestate")
                || header.equals("b3")
                || header.startsWith("x-b3-")
                || header.equals("grpc-trace-bin");
    }

    /**
     * Equal for two calls to one service where the answer to one is the answer to the other: the same question, by the same
     * caller, with the same credentials. Null where the call shares no answer. Never written anywhere.
     */
    @Nullable
    Object key(Call call);

    /** What is sent in the stead of all who ask: it is to last though the call it is from does not. */
    default Object request(Call call) {
        return call.request();
    }

    /**
     * Reads an answer to its end and closes it. Does not block.
     *
     * @param mostBytes how much of a body is kept
     * @param then told once, on any thread, what gives each who asks a copy; null where the answer is larger or breaks off:
     *     then it is as it was
     */
    void read(R answer, long mostBytes, Consumer<@Nullable Supplier<R>> then);
}
