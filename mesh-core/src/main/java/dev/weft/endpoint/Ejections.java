package dev.weft.endpoint;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The ejected nodes of a cluster, and when each is due for its probe. A node comes back by one good real call:
 * whoever picks asks {@link #dueProbe} first, which costs one volatile read while nothing is due.
 *
 * <p>Thread-safe; changes take a lock, {@link #dueProbe} does so only when a probe is due.
 */
public final class Ejections {
    private static final Node[] NONE = {};

    private final Runnable changed;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Node[] ejected = NONE;
    /** Whether any node waits for a probe, and when the first is due; written under the lock. */
    private volatile boolean waiting;

    private volatile long firstDueNanos;

    Ejections(Runnable changed) {
        this.changed = changed;
    }

    /** How many nodes are ejected. */
    public int count() {
        return ejected.length;
    }

    /**
     * Ejects a node, or keeps out one whose probe failed, until {@code untilNanos}. False when {@code cap} others
     * are out already; whoever is out stays out.
     */
    public boolean eject(Node node, long untilNanos, int cap) {
        Standing standing = node.standing();
        lock.lock();
        try {
            if (!standing.ejected) {
                if (ejected.length >= cap || node.removed()) {
                    return false;
                }
                Node[] grown = Arrays.copyOf(ejected, ejected.length + 1);
                grown[grown.length - 1] = node;
                ejected = grown;
                standing.ejected = true;
            }
            int before = standing.times;
            standing.times = before + 1;
            standing.probing = false;
            standing.probeAtNanos = untilNanos;
            reschedule();
        } finally {
            lock.unlock();
        }
        changed.run();
        return true;
    }

    /** Takes a node back in: its probe went well. What its sick days took is forgotten; it starts as a new node does. */
    public void readmit(Node node) {
        if (forget(node)) {
            node.standing().times = 0;
            node.standing().succeeded();
            node.latency().forget();
            changed.run();
        }
    }

    /** Takes all back in: ejection is no longer wanted. */
    public void readmitAll() {
        for (Node node : ejected) {
            readmit(node);
        }
    }

    /** A probe said neither yes nor no: the next call may probe. */
    public void probeAgain(Node node, long nowNanos) {
        lock.lock();
        try {
            node.standing().probing = false;
            node.standing().probeAtNanos = nowNanos;
            reschedule();
        } finally {
            lock.unlock();
        }
    }

    /** A node whose probe is due, claimed for the caller, who must now call it; or null. */
    public @Nullable Node dueProbe(long nowNanos) {
        if (!waiting || nowNanos - firstDueNanos < 0) {
            return null;
        }
        lock.lock();
        try {
            for (Node node : ejected) {
                Standing standing = node.standing();
                if (!standing.probing && nowNanos - standing.probeAtNanos >= 0) {
                    standing.probing = true;
                    reschedule();
                    return node;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a node out of the books. */
    boolean forget(Node node) {
        lock.lock();
        try {
            if (!node.standing().ejected) {
                return false;
            }
            ejected = Arrays.stream(ejected).filter(other -> other != node).toArray(Node[]::new);
            node.standing().ejected = false;
            node.standing().probing = false;
            reschedule();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void reschedule() {
        boolean any = false;
        long first = 0;
        for (Node node : ejected) {
            Standing standing = node.standing();
            if (!standing.probing && (!any || standing.probeAtNanos - first < 0)) {
                any = true;
                first = standing.probeAtNanos;
            }
        }
        firstDueNanos = first;
        waiting = any;
    }
}
