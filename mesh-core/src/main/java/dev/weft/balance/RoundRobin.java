package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Each in its turn, by weight: a fixed schedule made by earliest deadline first (each node's next turn comes
 * 1/weight after its last), walked by a counter.
 */
final class RoundRobin implements Picker {
    /** Bounds the schedule; finer differences of weight are rounded. */
    private static final int MAX_TURNS = 4096;

    private final Node[] schedule;
    private final AtomicInteger next;

    RoundRobin(List<Node> nodes, int start) {
        this.schedule = schedule(nodes);
        this.next = new AtomicInteger(start);
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        Node[] turns = schedule;
        int at = Math.floorMod(next.getAndIncrement(), turns.length);
        Node first = turns[at];
        for (int i = 0; i < turns.length; i++) {
            Node node = turns[(at + i) % turns.length];
            if (!attempt.tried(node) && !node.resting(nowNanos)) {
                return node;
            }
        }
        return first;
    }

    private static Node[] schedule(List<Node> nodes) {
        int total = nodes.stream().mapToInt(RoundRobin::weight).sum();
        int largest = nodes.stream().mapToInt(RoundRobin::weight).max().orElse(1);
        boolean equal = nodes.stream().allMatch(node -> weight(node) == largest);
        if (equal) {
            return nodes.toArray(Node[]::new);
        }
        double scale = Math.min(1, (double) MAX_TURNS / total);
        PriorityQueue<Turn> queue = new PriorityQueue<>();
        int length = 0;
        for (int i = 0; i < nodes.size(); i++) {
            int turns = (int) Math.max(1, Math.round(weight(nodes.get(i)) * scale));
            length += turns;
            queue.add(new Turn(nodes.get(i), 1.0 / turns, 0.5 / turns, i));
        }
        List<Node> schedule = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            Turn turn = queue.remove();
            schedule.add(turn.node);
            queue.add(new Turn(turn.node, turn.step, turn.due + turn.step, turn.index));
        }
        return schedule.toArray(Node[]::new);
    }

    private static int weight(Node node) {
        return Math.max(1, node.endpoint().weight());
    }

    private record Turn(Node node, double step, double due, int index) implements Comparable<Turn> {
        @Override
        public int compareTo(Turn other) {
            int byDue = Double.compare(due, other.due);
            return byDue != 0 ? byDue : Integer.compare(index, other.index);
        }
    }
}
