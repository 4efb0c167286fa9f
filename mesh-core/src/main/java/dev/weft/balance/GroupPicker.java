package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.endpoint.Node;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses the group by its part, by chance or by the call's key, and leaves the node to the group's picker. Where that
 * one can only offer a node that is to be avoided, the other groups are asked.
 */
final class GroupPicker implements Picker {
    /** So that which group and which node are independent. */
    private static final long OTHER_BITS = 0x5851F42D4C957F2DL;

    private final Picker[] pickers;
    private final Lots lots;
    private final RandomGenerator random;

    private GroupPicker(List<Group> groups, Balancer balancer, RandomGenerator random) {
        this.pickers =
                groups.stream().map(group -> balancer.picker(group.shares())).toArray(Picker[]::new);
        this.lots = Lots.of(groups.stream().mapToDouble(Group::part).toArray());
        this.random = random;
    }

    /** @param groups at least one */
    static Picker of(List<Group> groups, Balancer balancer, RandomGenerator random) {
        return groups.size() == 1 ? balancer.picker(groups.get(0).shares()) : new GroupPicker(groups, balancer, random);
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        int group = lots.draw(random.nextLong());
        Node node = pickers[group].pick(attempt, nowNanos);
        for (int i = 1; i < pickers.length && Picker.avoided(attempt, node, nowNanos); i++) {
            node = pickers[(group + i) % pickers.length].pick(attempt, nowNanos);
        }
        return node;
    }

    @Override
    public Node pick(Call attempt, long nowNanos, long hash) {
        int group = lots.draw(XxHash64.mix(hash ^ OTHER_BITS));
        Node node = pickers[group].pick(attempt, nowNanos, hash);
        for (int i = 1; i < pickers.length && Picker.avoided(attempt, node, nowNanos); i++) {
            node = pickers[(group + i) % pickers.length].pick(attempt, nowNanos, hash);
        }
        return node;
    }
}
