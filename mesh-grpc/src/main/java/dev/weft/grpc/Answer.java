package dev.weft.grpc;

import dev.weft.call.Cancellable;
import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.io.InputStream;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What a call has come to: a stream that has begun, or all of a unary RPC's answer. Kept until the application hears it.
 * Thread-safe.
 */
interface Answer extends Cancellable {
    /**
     * Has the application hear all that came and comes.
     *
     * @param executor runs one thing after the other
     */
    void tell(ClientCall.Listener<InputStream> listener, Executor executor);

    /** The application asks for more of what it hears. */
    void request(int messages);

    Attributes attributes();

    /** Null until its end. */
    @Nullable
    Metadata trailers();

    /** Of a unary RPC: all of it. It may be told as before. */
    WholeAnswer whole();
}
