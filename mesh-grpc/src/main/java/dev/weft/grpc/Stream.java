package dev.weft.grpc;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The stream of one attempt, from before it is begun. What comes too late for it is dropped. Thread-safe. */
final class Stream implements Executor {
    private volatile @Nullable ClientCall<InputStream, InputStream> call;
    /** Whether it may be cancelled: gRPC refuses to start what was, as if by a mistake of ours. */
    private volatile boolean started;

    private volatile boolean closed;

    /** Once. May throw, and is then none. */
    void start(
            ManagedChannel over,
            MethodDescriptor<InputStream, InputStream> method,
            CallOptions options,
            ClientCall.Listener<InputStream> listener,
            Metadata headers) {
        ClientCall<InputStream, InputStream> begun =
                over.newCall(method, options.withExecutor(executor(over, options)));
        call = begun;
        begun.start(listener, headers);
        started = true;
        if (closed) {
            // Given up meanwhile.
            cut("cut off by the mesh", null);
        }
    }

    /**
     * The one of which gRPC knows that it runs everything at once, and spares itself the keeping of order; where gRPC may
     * have to keep things for the stream, ours.
     */
    private Executor executor(ManagedChannel over, CallOptions options) {
        return over.getState(false) == ConnectivityState.READY && options.getMaxOutboundMessageSize() == null
                ? MoreExecutors.directExecutor()
                : this;
    }

    /**
     * Runs what gRPC kept for the stream until it had a connection. gRPC does not expect that to throw, as it does where a
     * message is too large: it would leave the stream half begun, and stop the whole channel.
     */
    @Override
    public void execute(Runnable kept) {
        try {
            kept.run();
        } catch (Throwable thrown) {
            cut("Failed to stream message", thrown);
            // The rest of what was kept, and after it the cancellation.
            kept.run();
        }
    }

    void send(InputStream message, boolean compressed) {
        ClientCall<InputStream, InputStream> to = call;
        if (to != null && !closed) {
            try {
                to.setMessageCompression(compressed);
                to.sendMessage(message);
            } catch (IllegalStateException e) {
                closedMeanwhile(e);
            }
        }
    }

    void halfClose() {
        ClientCall<InputStream, InputStream> to = call;
        if (to != null && !closed) {
            try {
                to.halfClose();
            } catch (IllegalStateException e) {
                closedMeanwhile(e);
            }
        }
    }

    private void closedMeanwhile(IllegalStateException thrown) {
        if (!closed) {
            throw thrown;
        }
    }

    boolean ready() {
        ClientCall<InputStream, InputStream> to = call;
        return to != null && !closed && to.isReady();
    }

    void request(int messages) {
        ClientCall<InputStream, InputStream> from = call;
        if (from != null) {
            from.request(messages);
        }
    }

    Attributes attributes() {
        ClientCall<InputStream, InputStream> of = call;
        return of == null ? Attributes.EMPTY : of.getAttributes();
    }

    /** Takes no more; its end has come. */
    void close() {
        closed = true;
    }

    /** Gives it up; its listener hears the end. */
    void cancel() {
        closed = true;
        if (started) {
            cut("cut off by the mesh", null);
        }
    }

    private void cut(String why, @Nullable Throwable cause) {
        ClientCall<InputStream, InputStream> open = call;
        if (open != null) {
            open.cancel(why, cause);
        }
    }
}
