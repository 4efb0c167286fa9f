package dev.weft.call;

import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import org.jspecify.annotations.Nullable;

/** Asks one node how it is: a transport's part of active health checks. When to ask, and what follows, is not its business. */
public interface Prober {
    /**
     * Begins to ask, over the connections and with the identity that calls have, and returns at once. The listener may be
     * called before that, and is not listened to after a cancellation. Bounding the time is the asker's business.
     *
     * @param policy the service's, without routes
     */
    Cancellable probe(Node node, Policy policy, Listener listener);

    /**
     * Begins to ask it how busy it is, likewise. Who cannot ask says so: it is as if the server had answered nothing of it.
     *
     * @param timeoutNanos after which nobody waits for the answer; whoever asks cancels then
     */
    default Cancellable askLoad(Node node, Policy policy, long timeoutNanos, LoadListener listener) {
        listener.answered(null);
        return () -> {};
    }

    /** Hears of the load, once, from any thread. */
    interface LoadListener {
        /** @param load null where the server answers, but does not know the question: it need not be asked for a while */
        void answered(@Nullable LoadSignal load);

        /** There was no answer of use, as from a server that is down or overloaded. */
        void unanswered();
    }

    /** Hears what became of it, from any thread. */
    interface Listener {
        /**
         * The server's own word on how it is, which stands until the next; the node goes on telling.
         *
         * @param trouble what is wrong with it, in words; null where nothing is
         */
        void told(@Nullable String trouble);

        /**
         * It is over.
         *
         * @param trouble what went wrong, in words; null where the node is well
         */
        void ended(@Nullable String trouble);
    }
}
