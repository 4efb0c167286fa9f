package dev.weft.stack;

import dev.weft.call.Call;
import dev.weft.call.Service;
import dev.weft.call.Substitute;
import org.jspecify.annotations.Nullable;

/**
 * What else there is over one transport when a service does not answer. Thread-safe.
 *
 * @param <R> the response
 */
public interface Alternatives<R> {
    /**
     * The same request as a call to another service, under that one's own policy, within what is left of the call's time and
     * cut off with it.
     *
     * @throws IllegalStateException when the mesh knows too many services to take on another
     */
    Detour<R> detour(String service, Call call);

    /** The application's own code for calls to {@code service}, or null. */
    @Nullable
    Substitute<R> substitute(String service);

    /** Nothing else. */
    static <R> Alternatives<R> none() {
        return new Alternatives<>() {
            @Override
            public Detour<R> detour(String service, Call call) {
                throw new IllegalStateException("there is no way to other services from here");
            }

            @Override
            public @Nullable Substitute<R> substitute(String service) {
                return null;
            }
        };
    }

    /**
     * A call to another service, not begun.
     *
     * @param way to be called once, with {@code call}; does not throw
     */
    record Detour<R>(Call call, Service<R> way) {}
}
