package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;

/** Chooses the node for an attempt. Immutable but for counters; thread-safe; no lock, no allocation. */
@FunctionalInterface
public interface Picker {
    /**
     * The node for {@code attempt}: one that is not to be {@link #avoided}, while there is one.
     *
     * @param nowNanos the monotonic clock, near enough: the start of the attempt
     */
    Node pick(Call attempt, long nowNanos);

    /**
     * As {@link #pick(Call, long)}, for a call that has a key ({@code balancer.hash.key}).
     *
     * @param hash of the key; all 64 bits are as good as chance
     */
    default Node pick(Call attempt, long nowNanos, long hash) {
        return pick(attempt, nowNanos);
    }

    /** Whether {@code node} should get this attempt only for want of another: it was tried before, or asked for a rest. */
    static boolean avoided(Call attempt, Node node, long nowNanos) {
        return attempt.tried(node) || node.resting(nowNanos);
    }
}
