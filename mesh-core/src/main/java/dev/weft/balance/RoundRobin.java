package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * Each in its turn, by weight: a fixed schedule made by earliest deadline first (each node's next turn comes
 * 1/weight after its last), walked by a counter. In slow start a node is passed over in part of its turns.
 */
final class RoundRobin implements Picker {
    /** Bounds the schedule, with so many turns for each node in the mean; finer differences of weight are rounded. */
    private static final int MAX_TURNS = 4096;

    private static final int MAX_TURNS_EACH = 8;

    private final Node[] schedule;
    private final SlowStart slowStart;
    private final long slowUntilNanos;
    private final RandomGenerator random;
    private final AtomicInteger next;

    RoundRobin(List<Share> shares, Tuning tuning) {
        this.schedule = schedule(shares);
        this.slowStart = tuning.slowStart();
        this.slowUntilNanos = slowStart.overNanos(schedule);
        this.random = tuning.random();
        this.next = new AtomicInteger(random.nextInt());
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        Node[] turns = schedule;
        int at = Math.floorMod(next.getAndIncrement(), turns.length);
        Node first = turns[at];
        boolean slow = nowNanos - slowUntilNanos < 0;
        for (int i = 0; i < turns.length; i++) {
            Node node = turns[(at + i) % turns.length];
            if (!Picker.avoided(attempt, node, nowNanos) && (!slow || slowStart.admits(node, random, nowNanos))) {
                return node;
            }
        }
        return first;
    }

    private static Node[] schedule(List<Share> shares) {
        if (Share.alike(shares)) {
            return Share.nodes(shares);
        }
        double[] weights = shares.stream().mapToDouble(Share::weight).toArray();
        double scale = Math.max(MAX_TURNS, MAX_TURNS_EACH * weights.length)
                / Arrays.stream(weights).sum();
        if (Arrays.stream(weights).allMatch(weight -> weight == Math.rint(weight))) {
            scale = Math.min(1, scale);
        }
        PriorityQueue<Turn> queue = new PriorityQueue<>();
        int length = 0;
        for (int i = 0; i < weights.length; i++) {
            int turns = (int) Math.max(1, Math.round(weights[i] * scale));
            length += turns;
            queue.add(new Turn(shares.get(i).node(), 1.0 / turns, 0.5 / turns, i));
        }
        List<Node> schedule = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            Turn turn = queue.remove();
            schedule.add(turn.node);
            queue.add(new Turn(turn.node, turn.step, turn.due + turn.step, turn.index));
        }
        return schedule.toArray(Node[]::new);
    }

    private record Turn(Node node, double step, double due, int index) implements Comparable<Turn> {
        @Override
        public int compareTo(Turn other) {
            int byDue = Double.compare(due, other.due);
            return byDue != 0 ? byDue : Integer.compare(index, other.index);
        }
    }
}
