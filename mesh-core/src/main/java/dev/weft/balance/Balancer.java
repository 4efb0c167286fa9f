package dev.weft.balance;

import dev.weft.endpoint.Node;
import java.util.List;

/**
 * A way to spread calls over nodes. What it learns it keeps in the {@link Node}, which outlives every picker:
 * so a change of the list, of weights or of the balancer itself forgets nothing.
 */
@FunctionalInterface
public interface Balancer {
    /**
     * A picker for these nodes. Called whenever the list, a weight or an ejection changes; may take O(n).
     *
     * @param nodes the nodes that may be picked, at least one; immutable
     */
    Picker picker(List<Node> nodes);
}
