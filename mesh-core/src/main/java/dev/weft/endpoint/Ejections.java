package dev.weft.endpoint;

import dev.weft.time.Time;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ejected nodes of a cluster, and when each is due for its probe. A node comes back by one good real call:
 * whoever sends one asks {@link #claimProbe} first, which costs one volatile read while nothing is due.
 *
 * <p>Of the nodes that take traffic by discovery's word ({@link Roster#able}) only so many are out at once by comparison
 * with others, whatever threads eject and however the list shrinks; all but the last where there is no doubt. One that
 * discovery itself takes out of traffic is ejected no more.
 *
 * <p>Thread-safe; changes take a lock, {@link #claimProbe} does so only when a probe is due.
 */
public final class Ejections {
    private static final Node[] NONE = {};

    private final Supplier<List<Node>> all;
    private final Time time;
    private final Runnable changed;
    private final ProbeSchedule probes;
    private final TrialPace trials;
    private final Tardiness tardiness;
    private final ReentrantLock lock = new ReentrantLock();
    /** It grows before, and shrinks after, all else that says of a node whether it is out: nobody is told of it too early. */
    private volatile Node[] ejected = NONE;
    /** How many may be out by comparison, and are; written under the lock. */
    private volatile int cap;

    private volatile int compared;

    private volatile boolean allowed;
    private double maxShare;
    /** Who takes traffic by discovery's word, as of the last change of that; written under the lock. */
    private List<Node> able = List.of();

    Ejections(Supplier<List<Node>> all, Time time, Runnable changed) {
        this.all = all;
        this.time = time;
        this.changed = changed;
        this.probes = new ProbeSchedule(time.nanos());
        this.trials = new TrialPace(time.nanos());
        this.tardiness = new Tardiness(all, time.nanos());
    }

    /** How many nodes are ejected. */
    public int count() {
        return ejected.length;
    }

    /** Whether nodes may be ejected at all. */
    public boolean enforced() {
        return allowed;
    }

    /** Lets that share of the nodes be out at once by comparison: of two or more at least one, and never the last. */
    public void allow(double share) {
        allow(true, share);
    }

    /** Lets none be out; those who are come back. */
    public void allowNone() {
        allow(false, 0);
    }

    private void allow(boolean wanted, double share) {
        lock.lock();
        try {
            if (allowed == wanted && maxShare == share) {
                return;
            }
            allowed = wanted;
            maxShare = share;
        } finally {
            lock.unlock();
        }
        if (review()) {
            changed.run();
        }
    }

    /**
     * Ejects a node until then. False when it is out already, or may not be.
     *
     * @param certain that it takes no calls is beyond doubt, whatever the others do: as many may be out, but the last
     */
    public boolean eject(Node node, long untilNanos, boolean certain) {
        if (node.standing().ejected || (!certain && compared >= cap)) {
            return false;
        }
        lock.lock();
        try {
            boolean room = ejected.length + 1 < able.size() && (certain ? allowed : compared < cap(able.size()));
            if (!room || node.standing().ejected || !able.contains(node)) {
                return false;
            }
            Node[] grown = Arrays.copyOf(ejected, ejected.length + 1);
            grown[grown.length - 1] = node;
            ejected = grown;
            node.standing().certain = certain;
            node.standing().out(time.nanos(), untilNanos);
            settle(grown);
        } finally {
            lock.unlock();
        }
        changed.run();
        return true;
    }

    /** Whether late attempts are the fault of a few nodes, and not of them all. */
    public boolean fewLate(long nowNanos) {
        return tardiness.few(nowNanos);
    }

    /** Whether calls are held back from nodes that were found bad and are in use, one of which was just tried in vain. Looks only. */
    public boolean holdsBack(long nowNanos) {
        return trials.holdsBack(nowNanos);
    }

    /** Whether a call may go to a node that was found bad and is in use: now and then, while that is in vain. */
    public boolean mayTry(long nowNanos) {
        return trials.may(nowNanos);
    }

    /** A node that had been found bad, and is in use as too many are out, was found bad anew. */
    public void triedInVain(long nowNanos) {
        trials.inVain(nowNanos);
    }

    /** Whether some node waits for a probe by somebody who does not pay for it. */
    public boolean probeDue(long nowNanos) {
        return probes.due(nowNanos);
    }

    /**
     * A node whose probe is due, claimed for {@code probe}, who must now call it; or null: no more than one in ten
     * calls is one. A caller whose own call it would be leaves it for a while to those who send one beside theirs.
     *
     * @param beside whether nobody waits for the probe's answer
     */
    public @Nullable Node claimProbe(Object probe, boolean beside, long nowNanos) {
        if (!probes.mayBeDue(beside, nowNanos)) {
            return null;
        }
        lock.lock();
        try {
            return probes.claim(ejected, probe, beside, nowNanos);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The probe said neither yes nor no: the next call may probe; where it was sent and given up, when as much time has
     * passed again, or callers who are impatient with a silent node would all have to wait for it. Without effect for
     * whoever holds no claim.
     */
    public void releaseProbe(Node node, Object probe, boolean sent) {
        Standing standing = node.standing();
        if (standing.probe != probe) {
            return;
        }
        lock.lock();
        try {
            if (standing.probe == probe) {
                probes.release(standing, sent, time.nanos());
                probes.schedule(ejected);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The probe failed: the node stays out until then. False for whoever holds no claim. */
    public boolean keepOut(Node node, Object probe, long untilNanos, boolean certain) {
        lock.lock();
        try {
            if (node.standing().probe != probe) {
                return false;
            }
            node.standing().certain |= certain;
            if (!certain) {
                probes.inVain();
            }
            node.standing().out(time.nanos(), untilNanos);
            settle(ejected);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * It answered well. Whether that is too little yet to take it back in: then it is probed again at that moment.
     */
    public boolean doubts(Node node, Object probe, long againNanos) {
        Standing standing = node.standing();
        if (standing.proofs <= 1) {
            return false;
        }
        lock.lock();
        try {
            int wanted = standing.proofs - 1;
            if (!standing.ejected || wanted < 1) {
                return false;
            }
            standing.proofs = wanted;
            if (standing.probe == probe) {
                probes.again(standing, againNanos);
                probes.schedule(ejected);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a node back in: it answered well. What its sick days took is forgotten; it starts as a new node does.
     * False when it was not out.
     */
    public boolean readmit(Node node) {
        lock.lock();
        try {
            if (!node.standing().ejected) {
                return false;
            }
            back(node);
        } finally {
            lock.unlock();
        }
        changed.run();
        return true;
    }

    /** Takes back whoever may be out no longer, after a change of the list or of policy. Whether there were any. */
    boolean review() {
        lock.lock();
        try {
            able = Roster.of(all.get()).able();
            cap = cap(able.size());
            if (ejected.length == 0) {
                return false;
            }
            int before = ejected.length;
            Set<Node> stillAble = new HashSet<>(able);
            for (Node node : ejected) {
                if (!stillAble.contains(node)) {
                    back(node);
                }
            }
            while (compared > cap) {
                back(firstDue(node -> !node.standing().certain));
            }
            while (ejected.length > (allowed ? Math.max(0, able.size() - 1) : 0)) {
                back(firstDue(node -> true));
            }
            return ejected.length < before;
        } finally {
            lock.unlock();
        }
    }

    private int cap(int able) {
        return allowed ? Math.max(0, Math.min(able - 1, Math.max(1, (int) (able * maxShare)))) : 0;
    }

    private void back(Node node) {
        node.standing().back(time.nanos());
        node.forget();
        Node[] left = Arrays.stream(ejected).filter(other -> other != node).toArray(Node[]::new);
        settle(left);
        ejected = left;
    }

    /** There is one. */
    private Node firstDue(Predicate<Node> of) {
        return Arrays.stream(ejected)
                .filter(of)
                .reduce((a, b) -> untilDue(b) < untilDue(a) ? b : a)
                .orElseThrow();
    }

    private long untilDue(Node node) {
        return node.standing().probeAtNanos - time.nanos();
    }

    /** These are out. */
    private void settle(Node[] out) {
        int count = 0;
        for (Node node : out) {
            count += node.standing().certain ? 0 : 1;
        }
        compared = count;
        probes.schedule(out);
    }
}
