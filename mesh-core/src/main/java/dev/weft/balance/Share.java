package dev.weft.balance;

import dev.weft.endpoint.Node;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

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
        return new ByDiscovery(nodes);
    }

    /**
     * The shares of nodes and their weights of now, each made when it is asked for: of a thousand nodes most are not, and
     * there is a list anew at every ejection. Immutable.
     */
    private static final class ByDiscovery extends AbstractList<Share> implements RandomAccess {
        private final Node[] nodes;
        private final int[] weights;

        ByDiscovery(List<Node> of) {
            nodes = of.toArray(new Node[0]);
            weights = new int[nodes.length];
            for (int at = 0; at < nodes.length; at++) {
                weights[at] = Math.max(1, nodes[at].endpoint().weight());
            }
        }

        @Override
        public Share get(int at) {
            return new Share(nodes[at], weights[at]);
        }

        @Override
        public int size() {
            return nodes.length;
        }
    }
}
