package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.CallKey;
import dev.weft.stack.CallKeyType;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls of one key to one node, as long as the list stays as it is; which one, a table says. Where that node is to
 * be avoided, or has more than its bound of the calls under way, the key is hashed once more, and so on: so every call of
 * the key goes to the same second choice, and the keys of one full node are spread over all others (bounded load, by
 * Mirrokni, Thorup and Zadimoghaddam; with Envoy's jumps in place of the next on the ring).
 */
final class HashPicker implements Picker {
    static final Setting<CallKey> KEY = Setting.route(
            "balancer.hash.key",
            new CallKeyType(true),
            CallKey.NONE,
            "ringHash, maglev: calls with the same value here go to the same endpoint, such as header:x-user,"
                    + " cookie:session, path:/items/{id}, baggage:tenant or caller, this process by its identity. Calls"
                    + " without it go to any.");
    static final Setting<Double> BOUND = Setting.service(
            "balancer.hash.boundedLoad",
            SettingTypes.numberOrOff(1, 100),
            0.0,
            "ringHash, maglev: an endpoint that has more than this many times its share of the calls under way, such as 1.25,"
                    + " gets no more until it has less; their keys go to other endpoints.");

    /** Choices before it looks at every node. */
    private static final int CHOICES = 16;

    private final Node[] nodes;
    private final Table table;
    /** How much of all calls under way each may have. */
    private final double[] bounds;

    /** Null without a bound. */
    private final @Nullable LongAdder underWay;

    private final RandomGenerator random;

    /** Maps hashes to nodes. Immutable. */
    @FunctionalInterface
    interface Table {
        /** The place in the list of nodes. */
        int place(long hash);
    }

    HashPicker(List<Share> shares, Function<List<Share>, Table> table, Tuning tuning) {
        this.nodes = Share.nodes(shares);
        this.table = table.apply(shares);
        this.underWay = tuning.underWay();
        this.random = tuning.random();
        double whole = shares.stream().mapToDouble(Share::weight).sum();
        double factor = underWay != null ? tuning.boundedLoad() : 1;
        this.bounds = shares.stream()
                .mapToDouble(share -> factor * share.weight() / whole)
                .toArray();
    }

    /** What identifies a node to the tables: its metadata {@code hash_key}, so that it may move, else its address. */
    static long identity(Node node) {
        return XxHash64.of(node.endpoint().metadata().getOrDefault("hash_key", node.address()), 0);
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        return pick(attempt, nowNanos, random.nextLong());
    }

    @Override
    public Node pick(Call attempt, long nowNanos, long hash) {
        double all = underWay != null ? underWay.sum() + 1 : Double.POSITIVE_INFINITY;
        long choice = hash;
        int first = table.place(choice);
        for (int i = 0, at = first; i < CHOICES; i++, at = table.place(choice)) {
            if (!Picker.avoided(attempt, nodes[at], nowNanos) && !full(at, all)) {
                return nodes[at];
            }
            choice = XxHash64.mix(choice + 1);
        }
        return nodes[scan(attempt, nowNanos, first)];
    }

    private boolean full(int at, double all) {
        return nodes[at].inFlight() >= bounds[at] * all;
    }

    /** Rare: most nodes are avoided or full. Of the others the one with the least under way for its weight. */
    private int scan(Call attempt, long nowNanos, int otherwise) {
        int best = -1;
        for (int at = 0; at < nodes.length; at++) {
            if (!Picker.avoided(attempt, nodes[at], nowNanos)
                    && (best < 0 || nodes[at].inFlight() / bounds[at] < nodes[best].inFlight() / bounds[best])) {
                best = at;
            }
        }
        return best < 0 ? otherwise : best;
    }
}
