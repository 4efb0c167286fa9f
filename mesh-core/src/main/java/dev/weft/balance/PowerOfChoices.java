package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Power of choices: of two or three nodes at random the one with the least load gets the call. Mitzenmacher's result: the
 * longest queue grows with log log n instead of log n. The third pays where nodes are unequal: of two both may be slow. It is
 * looked at where all weights are equal and nobody is young, else the light would get too much.
 *
 * <p>Weights count twice, so that shares follow them at any load: nodes are drawn by weight, which decides while all are
 * idle, and calls under way are compared in relation to it, which decides while all are busy. Where weights are equal
 * different nodes are drawn; else the heavy may be drawn twice, or two nodes would share alike whatever their weights.
 */
final class PowerOfChoices implements Picker {
    /** Draws before it looks at every node, where what was drawn had been tried or rests. */
    private static final int DRAWS = 3;
    /** A young node's lot is drawn anew, with the chance that slow start leaves it, so often at most. */
    private static final int YOUNG_DRAWS = 8;
    /** Of fewer, three are nearly all, and calls would crowd where it was best a moment ago. */
    private static final int FEWEST_FOR_THREE = 6;
    /** More than any load: who is to be avoided comes after all others. */
    private static final double AVOIDED = 1e30;

    private final Node[] nodes;
    private final Load load;
    private final boolean third;
    private final SlowStart slowStart;
    private final long slowUntilNanos;
    private final RandomGenerator random;
    /** Null where all weights are equal, as is the next. */
    private final @Nullable Lots lots;

    private final double @Nullable [] perShare;

    private PowerOfChoices(List<Share> shares, Load load, boolean third, Tuning tuning) {
        this.nodes = Share.nodes(shares);
        this.load = load;
        this.third = third && nodes.length >= FEWEST_FOR_THREE && Share.alike(shares);
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

    /** Of two the one with fewer calls under way. */
    static PowerOfChoices byCalls(List<Share> shares, Tuning tuning) {
        return new PowerOfChoices(shares, Load.IN_FLIGHT, false, tuning);
    }

    /** Of three, where there are not but a few, the one with the shortest expected wait. */
    static PowerOfChoices byWait(List<Share> shares, Tuning tuning) {
        return new PowerOfChoices(shares, Load.peakEwma(tuning.decayNanos()), true, tuning);
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
            best = first;
            double least = cost(attempt, first, slow, nowNanos);
            double cost = cost(attempt, second, slow, nowNanos);
            if (cost < least) {
                best = second;
                least = cost;
            }
            if (third && !slow) {
                int another = another(first, second);
                cost = cost(attempt, another, slow, nowNanos);
                if (cost < least) {
                    best = another;
                    least = cost;
                }
            }
            if (least < AVOIDED) {
                return all[best];
            }
        }
        return all[scan(attempt, best, slow, nowNanos)];
    }

    /** Different from both. */
    private int another(int first, int second) {
        int drawn = Lots.place(random.nextLong(), nodes.length - 2);
        drawn = drawn >= Math.min(first, second) ? drawn + 1 : drawn;
        return drawn >= Math.max(first, second) ? drawn + 1 : drawn;
    }

    private double cost(Call attempt, int at, boolean slow, long nowNanos) {
        double cost = cost(at, slow, nowNanos);
        return Picker.avoided(attempt, nodes[at], nowNanos) ? AVOIDED * (1 + cost) : cost;
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
