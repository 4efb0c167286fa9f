package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Power of two choices: two nodes at random, the one with less load gets the call. Mitzenmacher's result: the longest
 * queue grows with log log n instead of log n.
 *
 * <p>Weights count twice, so that shares follow them at any load: nodes are drawn by weight, which decides while all are
 * idle, and calls under way are compared in relation to it, which decides while all are busy. Where weights are equal two
 * different nodes are drawn; else the heavy may be drawn twice, or two nodes would share alike whatever their weights.
 */
final class PowerOfTwo implements Picker {
    /** Draws before it looks at every node, where what was drawn had been tried or rests. */
    private static final int DRAWS = 3;
    /** A young node's lot is drawn anew, with the chance that slow start leaves it, so often at most. */
    private static final int YOUNG_DRAWS = 8;

    private final Node[] nodes;
    private final Load load;
    private final SlowStart slowStart;
    private final long slowUntilNanos;
    private final RandomGenerator random;
    /** Null where all weights are equal, as is the next. */
    private final @Nullable Lots lots;

    private final double @Nullable [] perShare;

    PowerOfTwo(List<Share> shares, Load load, Tuning tuning) {
        this.nodes = Share.nodes(shares);
        this.load = load;
        this.slowStart = tuning.slowStart();
        this.slowUntilNanos = slowStart.overNanos(nodes);
        this.random = tuning.random();
        if (Share.alike(shares)) {
            this.lots = null;
            this.perShare = null;
        } else {
            double[] weights = shares.stream().mapToDouble(Share::weight).toArray();
            this.lots = Lots.of(weights);
            double mean = Arrays.stream(weights).sum() / weights.length;
            this.perShare = Arrays.stream(weights).map(weight -> mean / weight).toArray();
        }
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        Node[] all = nodes;
        int size = all.length;
        if (size == 1) {
            return all[0];
        }
        boolean slow = nowNanos - slowUntilNanos < 0;
        int best = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            int first;
            int second;
            if (lots == null && !slow) {
                // One 64-bit draw gives both: the high words scaled down, the second skipping the first.
                long bits = random.nextLong();
                first = Lots.place(bits, size);
                second = Lots.place(bits << 32, size - 1);
                if (second >= first) {
                    second++;
                }
            } else {
                first = draw(slow, nowNanos);
                second = draw(slow, nowNanos);
            }
            boolean avoidFirst = Picker.avoided(attempt, all[first], nowNanos);
            boolean avoidSecond = Picker.avoided(attempt, all[second], nowNanos);
            if (avoidFirst == avoidSecond) {
                best = cost(first, slow, nowNanos) <= cost(second, slow, nowNanos) ? first : second;
            } else {
                best = avoidFirst ? second : first;
            }
            if (!avoidFirst || !avoidSecond) {
                return all[best];
            }
        }
        return all[scan(attempt, best, slow, nowNanos)];
    }

    private int draw(boolean slow, long nowNanos) {
        int drawn = draw();
        for (int i = 1; slow && i < YOUNG_DRAWS && !slowStart.admits(nodes[drawn], random, nowNanos); i++) {
            drawn = draw();
        }
        return drawn;
    }

    private int draw() {
        long bits = random.nextLong();
        return lots == null ? Lots.place(bits, nodes.length) : lots.draw(bits);
    }

    private double cost(int at, boolean slow, long nowNanos) {
        double part = perShare == null ? 1 : perShare[at];
        return load.of(nodes[at], slow ? part / slowStart.factor(nodes[at], nowNanos) : part, nowNanos);
    }

    /** Rare: most nodes were tried or rest. The least loaded of the others, or of all where there is none. */
    private int scan(Call attempt, int otherwise, boolean slow, long nowNanos) {
        int best = otherwise;
        boolean found = false;
        for (int at = 0; at < nodes.length; at++) {
            if (!Picker.avoided(attempt, nodes[at], nowNanos)
                    && (!found || cost(at, slow, nowNanos) < cost(best, slow, nowNanos))) {
                best = at;
                found = true;
            }
        }
        return best;
    }
}
