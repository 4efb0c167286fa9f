package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.LatencyAverage;
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
    /** Draws before it takes the best of them, where all were much slower than usual, or else looks at every node. */
    private static final int DRAWS = 8;
    /** A young node's lot is drawn anew, with the chance that slow start leaves it, so often at most. */
    private static final int YOUNG_DRAWS = 8;
    /** Of fewer, three are nearly all, and calls would crowd where it was best a moment ago. */
    private static final int FEWEST_FOR_THREE = 6;
    /** One pick in so many tries the node whose turn it is, if it was slow, to see whether it still is. */
    private static final int TRYING = 24;

    private static final int NOBODY = -1;
    /** Who is less slow than that still gets calls, and shows with them. */
    private static final int MUCH_SLOWER = 3;
    /** By so much what is usual rises with a look, while what is seen is more; it falls by a part of the way. */
    private static final float RISE = 1.03f;

    private static final float FALL = 1f / 8;
    /** At first it is what this part of them does not exceed. */
    private static final double FAST = 0.25;
    /** 2^64 over the golden ratio, odd: a product whose high bits depend on all of the other factor. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final Node[] nodes;
    private final Load load;
    private final boolean third;
    private final boolean byWait;
    private final SlowStart slowStart;
    private final long slowUntilNanos;
    private final RandomGenerator random;
    private final long decayNanos;
    /** Null where all weights are equal, as is the next. */
    private final @Nullable Lots lots;

    private final double @Nullable [] perShare;

    /** To be tried. */
    private final Turn turn = new Turn();

    /** What the faster nodes take: of those looked at for {@link #tried} the faster of two; 0 where that is not known, or does not count. */
    private float usualNanos;

    private PowerOfChoices(List<Share> shares, Load load, boolean byWait, Tuning tuning) {
        this.nodes = Share.nodes(shares);
        this.load = load;
        this.byWait = byWait;
        this.third = byWait && nodes.length >= FEWEST_FOR_THREE && Share.alike(shares);
        this.slowStart = tuning.slowStart();
        this.slowUntilNanos = slowStart.overNanos(nodes);
        this.random = tuning.random();
        this.decayNanos = tuning.decayNanos();
        this.usualNanos = byWait ? (float) Latencies.quantile(List.of(nodes), FAST) : 0;
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
        if (nodes.length == 1) {
            return nodes[0];
        }
        boolean slow = nowNanos - slowUntilNanos < 0;
        int best = bestOfDrawn(attempt, slow, nowNanos);
        return good(attempt, nodes[best], nowNanos) ? nodes[best] : drawAgain(attempt, best, slow, nowNanos);
    }

    /** Apart, so that the compiler has the way of nearly all picks in one piece. */
    private Node drawAgain(Call attempt, int drawnBefore, boolean slow, long nowNanos) {
        int drawn = drawnBefore;
        int best = Picker.avoided(attempt, nodes[drawn], nowNanos) ? NOBODY : drawn;
        for (int draws = 1; draws < DRAWS; draws++) {
            drawn = bestOfDrawn(attempt, slow, nowNanos);
            if (good(attempt, nodes[drawn], nowNanos)) {
                return nodes[drawn];
            }
            if (!Picker.avoided(attempt, nodes[drawn], nowNanos)
                    && (best == NOBODY || cost(drawn, slow, nowNanos) < cost(best, slow, nowNanos))) {
                best = drawn;
            }
        }
        return nodes[best == NOBODY ? scan(attempt, drawn, slow, nowNanos) : best];
    }

    private int bestOfDrawn(Call attempt, boolean slow, long nowNanos) {
        return lots == null && !slow ? ofEqual(attempt, nowNanos) : ofUnequal(attempt, slow, nowNanos);
    }

    private boolean good(Call attempt, Node node, long nowNanos) {
        return !Picker.avoided(attempt, node, nowNanos) && !muchSlower(node, nowNanos);
    }

    /** The best that was drawn is slow, and a good part of all is not: it is worth to draw again, where not all were drawn. */
    private boolean muchSlower(Node node, long nowNanos) {
        float most = MUCH_SLOWER * usualNanos;
        LatencyAverage latency = node.latency();
        return most > 0 && latency.last() > most && latency.observed(nowNanos, decayNanos) > most && nodes.length > 2;
    }

    /** The best of two or three that differ. Which one is best nobody can foretell, nor a processor: no branch depends on it. */
    private int ofEqual(Call attempt, long nowNanos) {
        // One 64-bit draw gives all: the high words scaled down, each skipping those before it.
        long bits = random.nextLong();
        int first = Lots.place(bits, nodes.length);
        int second = skipping(first, Lots.place(bits << 32, nodes.length - 1));
        double one = load.of(nodes[first], 1, nowNanos);
        double two = load.of(nodes[second], 1, nowNanos);
        int best = two < one ? second : first;
        if (third) {
            int another = Lots.place(bits * SPREAD, nodes.length - 2);
            another = skipping(Math.max(first, second), skipping(Math.min(first, second), another));
            double three = load.of(nodes[another], 1, nowNanos);
            best = three < Math.min(one, two) ? another : best;
        }
        int tried = byWait && (bits & 0xFFFF) * TRYING < 0x10000 ? tried(attempt, first, second, nowNanos) : NOBODY;
        return tried == NOBODY ? best : tried;
    }

    /** The place among all of one among those that are left without {@code taken}: from there on each is one further. */
    private static int skipping(int taken, int place) {
        return place + ((taken - place - 1) >>> 31);
    }

    private int ofUnequal(Call attempt, boolean slow, long nowNanos) {
        int first = draw(slow, nowNanos);
        int second = draw(slow, nowNanos);
        int best = cost(second, slow, nowNanos) < cost(first, slow, nowNanos) ? second : first;
        int tried = byWait && random.nextInt(TRYING) == 0 ? tried(attempt, first, second, nowNanos) : NOBODY;
        return tried == NOBODY ? best : tried;
    }

    /**
     * Whose turn it is, if it was much slower than the faster of two and is idle: whether it still is this call shows, and no
     * other meanwhile. What falls slowly would keep a node that is well again from showing it. Not for a second leg or a
     * further try: who has waited long enough is not made to wait, and a leg that is cut off at once shows nothing.
     */
    private int tried(Call attempt, int first, int second, long nowNanos) {
        int next = turn.next(first, nodes.length);
        Node node = nodes[next];
        float seen = (float)
                Math.min(nodes[first].latency().last(), nodes[second].latency().last());
        float usual = usualNanos;
        if (usual == 0 || seen == 0) {
            usualNanos = Math.max(seen, usual);
        } else {
            usualNanos = seen < usual ? usual + (seen - usual) * FALL : Math.min(seen, usual * RISE);
        }
        boolean slow = node.latency().last() > MUCH_SLOWER * seen;
        return slow
                        && attempt.number() <= 1
                        && node.inFlight() == 0
                        && node.latency().doubt(nowNanos)
                ? next
                : NOBODY;
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
