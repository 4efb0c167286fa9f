package dev.weft.bench.load;

import org.jspecify.annotations.Nullable;

/** A way to send requests that is measured. Thread-safe. */
interface Client {
    /** Whether {@link #call} returns only when the answer has been read. */
    boolean blocking();

    /** Sends one request and reads its answer. */
    void call(Done done);

    /** Who waits for an answer. */
    interface Done {
        /** The answer was read to its end, or the request failed. */
        void done(@Nullable Throwable failure);
    }
}
