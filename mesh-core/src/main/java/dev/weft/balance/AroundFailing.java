package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Ejections;
import dev.weft.endpoint.Node;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Goes around nodes in trouble, while there are others, in another zone if need be. A call that is tried again, or hedged, goes
 * to none whose own last answer was a failure, or that is silent: a second node that says the same is taken to speak for all.
 * First tries go there as ever, and show how it is by now; but to those that were found bad only as often as is worth its price.
 */
final class AroundFailing implements Picker {
    /** Looked at before it makes do with what was picked. */
    private static final int MOST = 16;
    /** Who is not to be tried yet is not picked for so long. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Picker picker;
    private final Node[] nodes;
    private final Ejections ejections;
    private final RandomGenerator random;

    private AroundFailing(Picker picker, Node[] nodes, Ejections ejections, RandomGenerator random) {
        this.picker = picker;
        this.nodes = nodes;
        this.ejections = ejections;
        this.random = random;
    }

    /** @param others who may be picked, whether {@code picker} chooses from them or not */
    static Picker over(Picker picker, List<Node> others, Ejections ejections, RandomGenerator random) {
        return others.size() <= 2 ? picker : new AroundFailing(picker, others.toArray(Node[]::new), ejections, random);
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        Node picked = picker.pick(attempt, nowNanos);
        return suits(attempt, picked, nowNanos) ? picked : orBetter(attempt, picker.pick(attempt, nowNanos), nowNanos);
    }

    @Override
    public Node pick(Call attempt, long nowNanos, long hash) {
        Node picked = picker.pick(attempt, nowNanos, hash);
        return suits(attempt, picked, nowNanos)
                ? picked
                : orBetter(attempt, picker.pick(attempt, nowNanos, hash), nowNanos);
    }

    private boolean suits(Call attempt, Node picked, long nowNanos) {
        if (Picker.avoided(attempt, picked, nowNanos)) {
            // There is no other in its zone.
            return false;
        }
        if (attempt.number() > 1) {
            return !inDoubt(picked);
        }
        // In this order: where none was tried in vain of late, which is nearly always, the node's own standing
        // need not be fetched from where so many lie.
        if (!ejections.holdsBack(nowNanos) || !picked.standing().condemned() || ejections.mayTry(nowNanos)) {
            return true;
        }
        picked.avoidUntil(nowNanos + REST_NANOS);
        return false;
    }

    private static boolean inDoubt(Node node) {
        return node.failedLast() || node.standing().silent();
    }

    private Node orBetter(Call attempt, Node picked, long nowNanos) {
        if (suits(attempt, picked, nowNanos)) {
            return picked;
        }
        int first = random.nextInt(nodes.length);
        for (int i = 0; i < MOST && i < nodes.length; i++) {
            // Those next to each other may be of one place, and fail together.
            int at = nodes.length <= MOST ? (first + i) % nodes.length : random.nextInt(nodes.length);
            Node node = nodes[at];
            if (!inDoubt(node) && !Picker.avoided(attempt, node, nowNanos)) {
                return node;
            }
        }
        return picked;
    }
}
