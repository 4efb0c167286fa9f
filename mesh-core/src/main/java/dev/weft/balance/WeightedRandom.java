package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.List;
import java.util.random.RandomGenerator;

/** Any of them by chance, in proportion to weight. */
final class WeightedRandom implements Picker {
    private static final int DRAWS = 4;

    private final Node[] nodes;
    private final Lots lots;
    private final SlowStart slowStart;
    private final long slowUntilNanos;
    private final RandomGenerator random;

    WeightedRandom(List<Share> shares, Tuning tuning) {
        this.nodes = Share.nodes(shares);
        this.lots = Lots.of(shares.stream().mapToDouble(Share::weight).toArray());
        this.slowStart = tuning.slowStart();
        this.slowUntilNanos = slowStart.overNanos(nodes);
        this.random = tuning.random();
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        boolean slow = nowNanos - slowUntilNanos < 0;
        int drawn = 0;
        for (int draw = 0; draw < (slow ? 2 * DRAWS : DRAWS); draw++) {
            drawn = lots.draw(random.nextLong());
            if (!Picker.avoided(attempt, nodes[drawn], nowNanos)
                    && (!slow || slowStart.admits(nodes[drawn], random, nowNanos))) {
                return nodes[drawn];
            }
        }
        for (int i = 0; i < nodes.length; i++) {
            Node next = nodes[(drawn + i) % nodes.length];
            if (!Picker.avoided(attempt, next, nowNanos)) {
                return next;
            }
        }
        return nodes[drawn];
    }
}
