package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;
import java.util.List;

/**
 * A way to spread calls over nodes. What it learns it keeps in the {@link Node}, which outlives every picker:
 * so a change of the list, of weights or of the balancer itself forgets nothing.
 */
@FunctionalInterface
public interface Balancer {
    /**
     * A picker for these nodes. Called whenever the list, a weight or an ejection changes; may take O(n log n).
     *
     * @param shares the nodes that may be picked and their weights, at least one; immutable
     */
    Picker picker(List<Share> shares);

    /** An attempt has ended, at the node that was picked for it: for those who learn from answers. */
    default void ended(Call attempt, Node node, Wire<?> wire) {}
}
