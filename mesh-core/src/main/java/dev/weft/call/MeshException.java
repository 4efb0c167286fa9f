package dev.weft.call;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A call that Weft itself ended without an answer. An {@link IOException}, since that is what callers of a
 * remote service are ready for. The message names the service, what happened and what to do.
 */
public final class MeshException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Fate fate;

    /** Leaves the cause to {@link #initCause}. */
    public MeshException(Fate fate, String message) {
        super(message);
        this.fate = fate;
    }

    public MeshException(Fate fate, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fate = fate;
    }

    public Fate fate() {
        return fate;
    }

    /** Rejections happen when there is too much to do already: without a stack trace they cost little. */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // does nothing
    public Throwable fillInStackTrace() {
        return this;
    }
}
