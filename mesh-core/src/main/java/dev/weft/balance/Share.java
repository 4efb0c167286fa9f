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

    static Node[] nodes(List<Share> shares) {
        Node[] nodes = new Node[shares.size()];
        int at = 0;
        for (Share share : shares) {
            nodes[at++] = share.node();
        }
        return nodes;
    }

    /** Whether all weigh the same. */
    static boolean alike(List<Share> shares) {
        double first = shares.get(0).weight();
        for (Share share : shares) {
            if (share.weight() != first) {
                return false;
            }
        }
        return true;
    }

    /** By the word of discovery. Weights of 0, which come here only where all are 0, say nothing. */
    public static List<Share> of(List<Node> nodes) {
        Share[] shares = new Share[nodes.size()];
        int at = 0;
        for (Node node : nodes) {
            shares[at++] = new Share(node, Math.max(1, node.endpoint().weight()));
        }
        return List.of(shares);
    }
}
