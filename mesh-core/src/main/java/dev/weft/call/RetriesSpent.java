package dev.weft.call;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;

/**
 * Remembers, for one request that a server handles, that a call made on its behalf has used up its retries. The
 * server then tells its own caller not to try again, so that attempts do not multiply from hop to hop. Thread-safe.
 */
public final class RetriesSpent {
    private static final ContextKey<RetriesSpent> KEY = ContextKey.named("weft-retries-spent");

    private volatile boolean spent;

    /** The context of a request that comes in; ask {@code this} when its answer goes out. */
    public Context storeIn(Context context) {
        return context.with(KEY, this);
    }

    public boolean spent() {
        return spent;
    }

    /** A call made in that context has given up. Without a request being handled nothing happens. */
    public static void tell(Context context) {
        RetriesSpent request = context.get(KEY);
        if (request != null) {
            request.spent = true;
        }
    }
}
