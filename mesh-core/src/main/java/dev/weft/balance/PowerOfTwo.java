package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Power of two choices: two different nodes at random, the one with less load per weight gets the call.
 * Mitzenmacher's result: the longest queue grows with log log n instead of log n.
 */
final class PowerOfTwo implements Picker {
    /** Draws before it looks at every node, where what was drawn had been tried or rests. */
    private static final int DRAWS = 3;

    private final Node[] nodes;
    private final Load load;
    private final SlowStart slowStart;
    private final RandomGenerator random;

    PowerOfTwo(List<Node> nodes, Load load, SlowStart slowStart, RandomGenerator random) {
        this.nodes = nodes.toArray(Node[]::new);
        this.load = load;
        this.slowStart = slowStart;
        this.random = random;
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        Node[] all = nodes;
        int size = all.length;
        if (size == 1) {
            return all[0];
        }
        Node best = all[0];
        for (int draw = 0; draw < DRAWS; draw++) {
            // One 64-bit draw gives both: the high words scaled down, the second skipping the first.
            long bits = random.nextLong();
            int first = (int) (((bits >>> 32) * size) >>> 32);
            int second = (int) (((bits & 0xFFFF_FFFFL) * (size - 1)) >>> 32);
            if (second >= first) {
                second++;
            }
            best = better(attempt, all[first], all[second], nowNanos);
            if (!unwanted(attempt, best, nowNanos)) {
                return best;
            }
        }
        return scan(attempt, best, nowNanos);
    }

    private Node better(Call attempt, Node a, Node b, long nowNanos) {
        boolean unwantedA = unwanted(attempt, a, nowNanos);
        if (unwantedA != unwanted(attempt, b, nowNanos)) {
            return unwantedA ? b : a;
        }
        return cost(a, nowNanos) <= cost(b, nowNanos) ? a : b;
    }

    private double cost(Node node, long nowNanos) {
        double weight = node.endpoint().weight() * slowStart.factor(node, nowNanos);
        return weight > 0 ? load.of(node, nowNanos) / weight : Double.MAX_VALUE;
    }

    private static boolean unwanted(Call attempt, Node node, long nowNanos) {
        return attempt.tried(node) || node.resting(nowNanos);
    }

    /** Rare: most nodes were tried or rest. The least loaded of the others, or of all where there is none. */
    private Node scan(Call attempt, Node otherwise, long nowNanos) {
        Node best = otherwise;
        boolean found = false;
        for (Node node : nodes) {
            if (!unwanted(attempt, node, nowNanos) && (!found || cost(node, nowNanos) < cost(best, nowNanos))) {
                best = node;
                found = true;
            }
        }
        return best;
    }
}
