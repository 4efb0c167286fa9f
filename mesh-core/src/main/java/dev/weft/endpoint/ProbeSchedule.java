package dev.weft.endpoint;

import org.jspecify.annotations.Nullable;

/**
 * When ejected nodes are due for their probe, and who makes it. Changed by one thread at a time, under the lock of
 * {@link Ejections}; what says so looks without it, at moments that are never later than the right ones.
 */
final class ProbeSchedule {
    /** When the next may probe though whoever probes still waits: a call without a deadline may wait for ever. */
    private static final long LAPSE_NANOS = 60_000_000_000L;

    private final ProbePace pace;
    /** Whether any node is out, and when the first may be probed. */
    private volatile boolean waiting;

    private volatile long firstDueNanos;
    /** The same for those whose own call the probe would be. */
    private volatile long firstLiveNanos;

    ProbeSchedule(long nowNanos) {
        this.pace = new ProbePace(nowNanos);
    }

    /** Whether some node waits for a probe beside calls. Looks only. */
    boolean due(long nowNanos) {
        return waiting && nowNanos - firstDueNanos >= 0 && pace.enough(true, nowNanos);
    }

    /** Whether it is worth trying to claim one; whoever is no probe beside calls is a call. Looks only. */
    boolean mayBeDue(boolean beside, long nowNanos) {
        if (!waiting) {
            return false;
        }
        if (!beside) {
            pace.call();
        }
        return nowNanos - (beside ? firstDueNanos : firstLiveNanos) >= 0;
    }

    /** The first of these that is due, claimed; null where none is, or there were enough probes. */
    @Nullable
    Node claim(Node[] ejected, Object probe, boolean beside, long nowNanos) {
        for (Node node : ejected) {
            Standing standing = node.standing();
            if (nowNanos - dueNanos(standing, beside) >= 0) {
                if (!pace.take(beside, nowNanos)) {
                    return null;
                }
                standing.probe = probe;
                standing.probeAtNanos = nowNanos + LAPSE_NANOS;
                schedule(ejected);
                return node;
            }
        }
        return null;
    }

    /** Whoever probes it has learnt nothing; {@code sent} says whether it was given up under way. */
    void release(Standing standing, boolean sent, long nowNanos) {
        standing.probe = null;
        if (sent) {
            pace.inVain();
        } else {
            pace.giveBack();
        }
        standing.probeAtNanos = nowNanos + (sent ? standing.pauseNanos : -patienceNanos(standing));
    }

    /** A probe was answered well, and more are wanted: the next may come at that moment. */
    void again(Standing standing, long againNanos) {
        standing.probe = null;
        standing.probeAtNanos = againNanos;
        pace.again();
    }

    /** A server had to deal with a probe, and dealt with it badly. */
    void inVain() {
        pace.inVain();
    }

    /** These are out from now on, or are due at other times. */
    void schedule(Node[] ejected) {
        if (ejected.length == 0) {
            waiting = false;
            return;
        }
        long due = dueNanos(ejected[0].standing(), true);
        long live = dueNanos(ejected[0].standing(), false);
        for (Node node : ejected) {
            due = earlier(due, dueNanos(node.standing(), true));
            live = earlier(live, dueNanos(node.standing(), false));
        }
        firstDueNanos = due;
        firstLiveNanos = live;
        waiting = true;
    }

    private static long earlier(long a, long b) {
        return b - a < 0 ? b : a;
    }

    private static long patienceNanos(Standing standing) {
        return standing.pauseNanos / 4;
    }

    private static long dueNanos(Standing standing, boolean beside) {
        return standing.probeAtNanos + (beside || standing.probe != null ? 0 : patienceNanos(standing));
    }
}
