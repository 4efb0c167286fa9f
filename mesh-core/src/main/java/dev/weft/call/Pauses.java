package dev.weft.call;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Calls that pause between two attempts, known here so that who closes need not wait until their pauses end. Only calls
 * that pause come here. Thread-safe.
 */
public final class Pauses {
    private final Set<Call> pausing = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** To be called when its cancellation already ends the pause. */
    void enter(Call call) {
        pausing.add(call);
        if (closed) {
            call.cancel();
        }
    }

    void leave(Call call) {
        pausing.remove(call);
    }

    /** Cancels those who pause, and whoever would from now on. */
    public void close() {
        closed = true;
        pausing.forEach(Call::cancel);
    }
}
