package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;

/** Chooses the node for an attempt. Immutable but for counters; thread-safe; no lock, no allocation. */
@FunctionalInterface
public interface Picker {
    /**
     * The node for {@code attempt}. Avoids one that an earlier attempt of the same call went to while there is
     * another.
     *
     * @param nowNanos the monotonic clock, near enough: the start of the attempt
     */
    Node pick(Call attempt, long nowNanos);
}
