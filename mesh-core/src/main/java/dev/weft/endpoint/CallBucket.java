package dev.weft.endpoint;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A token bucket that calls fill: each brings a token, and what may be done only so often costs as many as there shall be
 * calls to one of it. What is saved is bounded by a number and not by time, so that it does for chance at any rate of
 * calls, and for no more. Thread-safe, lock-free.
 */
public final class CallBucket {
    private final int most;
    private final AtomicInteger tokens;

    /**
     * @param most tokens that can be saved
     * @param first tokens that are there at first
     */
    public CallBucket(int most, int first) {
        this.most = most;
        this.tokens = new AtomicInteger(first);
    }

    /** A call is made. One that is not counted, as another was at that moment, does no harm. */
    public void call() {
        int seen = tokens.get();
        if (seen < most) {
            tokens.compareAndSet(seen, seen + 1);
        }
    }

    /** Whether so many are there. */
    public boolean holds(int cost) {
        return tokens.get() >= cost;
    }

    /** Takes so many, if they are there. */
    public boolean take(int cost) {
        int seen;
        do {
            seen = tokens.get();
            if (seen < cost) {
                return false;
            }
        } while (!tokens.compareAndSet(seen, seen - cost));
        return true;
    }

    /** Takes so many though they may not be there: then calls to come bring them. No more is owed than can be saved. */
    public void owe(int cost) {
        tokens.getAndUpdate(seen -> Math.max(-most, seen - cost));
    }
}
