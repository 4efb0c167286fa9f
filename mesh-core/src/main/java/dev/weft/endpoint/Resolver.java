package dev.weft.endpoint;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/**
 * Where the endpoints of a service come from: a list, a file, Consul, DNS, or several of them together.
 *
 * <p>Implementations never block the caller, need no network to start, and keep trying on their own with a
 * jittered back-off. They hand over whole lists; whoever watches works out what changed. A failure is told
 * with {@link Listener#failed} and never with an empty list: an empty list means that the source is sure
 * that there is none.
 */
public interface Resolver extends AutoCloseable {
    /** Watches a service until the watch is closed. The listener may be called at once, and from any thread. */
    Watch watch(String service, Listener listener);

    /**
     * Publishes what there is to count of this source; called before the first watch, where the mesh has a registry. What
     * counts on is left in the registry when the source is closed, what shows a state is removed.
     */
    default void publish(MeterRegistry registry) {}

    /** Ends every watch and every thread. */
    @Override
    default void close() {}

    /** Who is told; calls for one watch never overlap. Must return fast. */
    interface Listener {
        /** The whole list as it is now. */
        void endpoints(List<Endpoint> endpoints);

        /** Nothing could be learnt just now, and why; what was known before stays in use. */
        void failed(String reason);
    }

    /** A running watch. */
    interface Watch extends AutoCloseable {
        /** Ends the watch; no call to the listener begins after it. */
        @Override
        void close();
    }
}
