package dev.weft.call;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.ImplicitContextKeyed;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Work that may be given up while it is under way, as the {@link Context} carries it from whoever learns of that to every
 * call made on its behalf: a server whose caller went away no longer waits for what it asked others for. Thread-safe.
 *
 * <p>It goes wherever the context goes, over executors and virtual threads. A call made after the cancellation ends
 * cancelled at once.
 *
 * <pre>{@code
 * Cancellation work = new Cancellation();
 * connection.onClosed(work::cancel);
 * try (Scope scope = work.makeCurrent()) {
 *   return inventory.stock(id); // cut off where the connection closes
 * }
 * }</pre>
 */
public final class Cancellation implements Cancellable, ImplicitContextKeyed {
    private static final ContextKey<Cancellation> KEY = ContextKey.named("weft-cancellation");

    private final Set<Call> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean cancelled;

    /** The cancellation that work in that context is subject to, or null. */
    public static @Nullable Cancellation in(Context context) {
        return context.get(KEY);
    }

    /** In place of one that the context has already. */
    @Override
    public Context storeInContext(Context context) {
        return context.with(KEY, this);
    }

    /** Cuts off the calls under way in its contexts, and those that begin from now on. */
    @Override
    public void cancel() {
        cancelled = true;
        underWay.forEach(Call::cancel);
    }

    public boolean cancelled() {
        return cancelled;
    }

    /** How many calls it would cut off; for tests. */
    int underWay() {
        return underWay.size();
    }

    /** For the stack: a logical call begins. */
    public static void begin(Call call) {
        Cancellation work = in(call.context());
        if (work != null) {
            work.underWay.add(call);
            if (work.cancelled) {
                call.cancel();
            }
        }
    }

    /** For the stack: it has ended. */
    public static void end(Call call) {
        Cancellation work = in(call.context());
        if (work != null) {
            work.underWay.remove(call);
        }
    }
}
