package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Sends a call that is tried again, or hedged, to nobody whose own last answer was a failure, while there is another: a
 * second node that says the same is taken to speak for all. First tries go there as ever, and show how it is by now.
 */
final class FurtherTries implements Picker {
    /** Looked at before it makes do with what was picked. */
    private static final int MOST = 16;

    private final Picker picker;
    private final Node[] nodes;
    private final RandomGenerator random;

    private FurtherTries(Picker picker, Node[] nodes, RandomGenerator random) {
        this.picker = picker;
        this.nodes = nodes;
        this.random = random;
    }

    /** @param groups those that {@code picker} chooses from */
    static Picker over(Picker picker, List<Group> groups, RandomGenerator random) {
        Node[] nodes = Share.nodes(
                groups.stream().flatMap(group -> group.shares().stream()).toList());
        return nodes.length <= 2 ? picker : new FurtherTries(picker, nodes, random);
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        return orBetter(attempt, picker.pick(attempt, nowNanos), nowNanos);
    }

    @Override
    public Node pick(Call attempt, long nowNanos, long hash) {
        return orBetter(attempt, picker.pick(attempt, nowNanos, hash), nowNanos);
    }

    private Node orBetter(Call attempt, Node picked, long nowNanos) {
        if (attempt.number() <= 1 || !picked.failedLast()) {
            return picked;
        }
        int first = random.nextInt(nodes.length);
        for (int i = 0; i < Math.min(MOST, nodes.length); i++) {
            Node node = nodes[(first + i) % nodes.length];
            if (!node.failedLast() && !Picker.avoided(attempt, node, nowNanos)) {
                return node;
            }
        }
        return picked;
    }
}
