package dev.weft.health;

import dev.weft.call.Prober;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.stack.ServiceState;
import dev.weft.time.Time;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The checks of one service's nodes: one loop per node, on the shared timer. What they come to is written into the node
 * and told to the cluster. The newest policy counts, whichever chain brings it.
 *
 * <p>Thread-safe. The lock guards the loops' state; probers, listeners of the cluster and logs are called without it.
 */
final class HealthChecks implements ServiceState.Closeable {
    /** Checks under way at once: a service of which nothing answers must not use up threads and sockets. */
    private static final int MOST_AT_ONCE = 64;

    final Cluster cluster;
    final Time time;
    final RandomGenerator random;
    final ReentrantLock lock = new ReentrantLock();
    final LongAdder good = new LongAdder();
    final LongAdder bad = new LongAdder();

    private final Runnable news = this::reconcile;
    private final Map<Node, NodeChecks> loops = new HashMap<>();
    private List<Node> seen = List.of();
    private @Nullable Plan plan;
    private @Nullable Policy policy;
    private @Nullable Prober prober;
    private int underWay;
    private boolean closed;

    HealthChecks(Cluster cluster, Time time, RandomGenerator random) {
        this.cluster = cluster;
        this.time = time;
        this.random = random;
    }

    long failing() {
        return cluster.nodes().stream().filter(Node::failsChecks).count();
    }

    long good() {
        return good.sum();
    }

    long bad() {
        return bad.sum();
    }

    /**
     * Checks by that plan from now on.
     *
     * @param found asks the nodes, if whoever comes here has one; until somebody has, nothing is checked
     */
    void follow(Plan wanted, Policy now, @Nullable Prober found) {
        boolean begins;
        Runnable ended = () -> {};
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (!wanted.equals(plan)) {
                ended = end();
                plan = wanted;
            }
            policy = now;
            begins = prober == null && found != null;
            if (begins) {
                prober = found;
            }
        } finally {
            lock.unlock();
        }
        ended.run();
        if (begins) {
            cluster.onChange(news);
            reconcile();
        }
    }

    /** Checks no longer; what checks have said is forgotten. */
    void stop() {
        Runnable ended;
        lock.lock();
        try {
            ended = end();
        } finally {
            lock.unlock();
        }
        ended.run();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        stop();
    }

    /** Forgets everything; what is left to do without the lock is handed back. */
    private Runnable end() {
        if (plan == null) {
            return () -> {};
        }
        List<Runnable> cuts = new ArrayList<>();
        boolean changes = false;
        for (NodeChecks loop : loops.values()) {
            changes |= loop.node.failsChecks();
            cuts.add(loop.end());
        }
        loops.clear();
        seen = List.of();
        plan = null;
        policy = null;
        prober = null;
        if (changes) {
            cuts.add(cluster::healthChanged);
        }
        return () -> {
            cluster.removeOnChange(news);
            cuts.forEach(Runnable::run);
        };
    }

    /** Begins to check nodes that are new, and ends with those that have left, before their connections are closed. */
    private void reconcile() {
        List<Runnable> cuts = new ArrayList<>();
        lock.lock();
        try {
            List<Node> nodes = cluster.nodes();
            if (prober == null || nodes == seen) {
                return;
            }
            seen = nodes;
            Set<Node> here = new HashSet<>(nodes);
            loops.values().removeIf(loop -> {
                boolean left = !here.contains(loop.node);
                if (left) {
                    cuts.add(loop.end());
                }
                return left;
            });
            int fresh = nodes.size() - loops.size();
            for (Node node : nodes) {
                loops.computeIfAbsent(node, n -> new NodeChecks(this, n, Objects.requireNonNull(plan), fresh));
            }
        } finally {
            lock.unlock();
        }
        cuts.forEach(Runnable::run);
    }

    // For the loops, under the lock.

    /** Takes a place among those under way, if there is one. */
    boolean takePlace() {
        if (underWay >= MOST_AT_ONCE) {
            return false;
        }
        underWay++;
        return true;
    }

    void givePlace() {
        underWay--;
    }

    Prober prober() {
        return Objects.requireNonNull(prober);
    }

    Policy policy() {
        return Objects.requireNonNull(policy);
    }
}
