package dev.weft.balance;

import dev.weft.endpoint.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a service's nodes informed of whether they are spare. Where policy has changed, what it replaced may live on for a
 * while: only who was made, or made the current one again, last has a say. Lives through changes of policy, and with it
 * the number by which this process chooses other nodes than its peers do.
 */
final class Spares {
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Object leader;
    private @Nullable Long seed;

    Spares(RandomGenerator random) {
        this.random = random;
    }

    /** Drawn once, when it is first asked for. */
    long seed() {
        lock.lock();
        try {
            if (seed == null) {
                seed = random.nextLong();
            }
            return seed;
        } finally {
            lock.unlock();
        }
    }

    /** From now on {@code one} has the say. */
    void lead(Object one) {
        lock.lock();
        try {
            leader = one;
        } finally {
            lock.unlock();
        }
    }

    /** @param newest is asked under the lock: of two who tell at once the last to tell knows what the other does */
    @SuppressWarnings("ReferenceEquality") // which one it is
    void tell(Object one, Supplier<Pipeline.Selection> newest) {
        List<Node> able;
        lock.lock();
        try {
            if (leader != one) {
                return;
            }
            Pipeline.Selection selection = newest.get();
            able = selection.able();
            List<Group> used = selection.used();
            boolean some =
                    used.stream().mapToInt(group -> group.shares().size()).sum() < able.size();
            if (!some && able.stream().noneMatch(Node::spare)) {
                return;
            }
            Set<Node> kept = new HashSet<>();
            if (some) {
                used.forEach(group -> group.shares().forEach(share -> kept.add(share.node())));
            }
            able.forEach(node -> node.spare(!kept.isEmpty() && !kept.contains(node)));
        } finally {
            lock.unlock();
        }
        // Nothing is closed under a lock.
        able.forEach(Node::closeUnused);
    }
}
