package dev.weft.balance;

import dev.weft.endpoint.Node;
import java.util.List;

/**
 * A node that may be picked, and how much of the calls it should get in relation to its siblings: discovery's weight,
 * or a part of it where the node is shared with other clients.
 *
 * @param weight above 0, finite
 */
public record Share(Node node, double weight) {
    public Share {
        if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the share of " + node + " is " + weight + ", which is not above 0");
        }
    }

    /** By the word of discovery. Weights of 0, which come here only where all are 0, say nothing. */
    public static List<Share> of(List<Node> nodes) {
        return nodes.stream()
                .map(node -> new Share(node, Math.max(1, node.endpoint().weight())))
                .toList();
    }
}
