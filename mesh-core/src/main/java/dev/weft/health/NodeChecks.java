package dev.weft.health;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checks of one node, one after the other. All fields are guarded by the lock of the service's checks. */
final class NodeChecks {
    private static final Logger log = LoggerFactory.getLogger(NodeChecks.class);

    final Node node;
    private final HealthChecks all;
    private final Plan plan;
    private final Streak tally = new Streak();
    private Time.@Nullable Scheduled next;
    private @Nullable Probe current;
    private boolean over;

    /**
     * Under the lock.
     *
     * @param fresh how many nodes are new at once
     */
    NodeChecks(HealthChecks all, Node node, Plan plan, int fresh) {
        this.all = all;
        this.node = node;
        this.plan = plan;
        schedule(plan.first(fresh, all.random));
    }

    /** In place of what was scheduled before. */
    private void schedule(long delayNanos) {
        if (next != null) {
            next.cancel();
        }
        next = all.time.after(delayNanos, this::due);
    }

    /** Under the lock; what is left to do without it is handed back. */
    Runnable end() {
        over = true;
        node.failsChecks(false);
        if (next != null) {
            next.cancel();
        }
        return drop();
    }

    private void due() {
        Runnable rest = () -> {};
        all.lock.lock();
        try {
            if (over) {
                return;
            }
            if (node.spare()) {
                // It is to hold no connection, not even a stream that goes on.
                rest = drop();
            } else if (current == null && wanted()) {
                if (!all.takePlace()) {
                    schedule(plan.next(all.random) / 10);
                    return;
                }
                rest = begin();
            }
            if (current == null || plan.watches()) {
                schedule(plan.next(all.random));
            }
        } finally {
            all.lock.unlock();
        }
        rest.run();
    }

    /** Whether no call tells how the node is. */
    private boolean wanted() {
        boolean told =
                !plan.watches() && !tally.failing() && node.answeredSince(all.time.nanos() - plan.intervalNanos());
        if (told) {
            tally.good(plan.good());
        }
        return !told;
    }

    private Runnable begin() {
        Probe probe = new Probe();
        current = probe;
        // It keeps the node's connections open.
        node.checkStarted();
        Prober prober = all.prober();
        Policy policy = all.policy();
        return () -> probe.start(prober, policy);
    }

    private Runnable drop() {
        Probe cut = current;
        current = null;
        return cut == null ? () -> {} : cut.leave();
    }

    /** The node is judged anew; tells the world, without the lock. */
    private void conclude(boolean before, boolean after, @Nullable String trouble) {
        if (before == after) {
            return;
        }
        if (after) {
            log.warn("{} is unhealthy by its checks: {}", node, trouble);
        } else {
            log.info("{} is healthy again by its checks", node);
        }
        all.cluster.healthChanged();
    }

    /** One check under way. */
    private final class Probe implements Prober.Listener {
        private final long beganNanos = all.time.nanos();
        private final Time.Scheduled late = all.time.after(plan.timeoutNanos(), this::late);
        private @Nullable Cancellable cut;
        private boolean told;
        private boolean left;

        void start(Prober prober, Policy policy) {
            Cancellable started = () -> {};
            try {
                started = prober.probe(node, policy, this);
            } catch (RuntimeException | Error e) {
                log.error("{} could not be checked", node, e);
                ended(e.toString());
            }
            boolean inVain;
            all.lock.lock();
            try {
                cut = started;
                inVain = left;
            } finally {
                all.lock.unlock();
            }
            if (inVain) {
                finish(started);
            }
        }

        @Override
        public void told(@Nullable String trouble) {
            boolean before;
            boolean after;
            all.lock.lock();
            try {
                if (current != this) {
                    return;
                }
                before = tally.failing();
                tally.word(trouble == null);
                after = tally.failing();
                node.failsChecks(after);
                if (!told) {
                    told = true;
                    late.cancel();
                    all.givePlace();
                }
                count(trouble);
            } finally {
                all.lock.unlock();
            }
            conclude(before, after, trouble);
        }

        @Override
        public void ended(@Nullable String trouble) {
            boolean before;
            boolean after;
            Runnable rest;
            all.lock.lock();
            try {
                if (current != this) {
                    return;
                }
                current = null;
                before = tally.failing();
                if (trouble == null) {
                    tally.good(plan.good());
                } else {
                    tally.bad(plan.bad());
                }
                after = tally.failing();
                node.failsChecks(after);
                count(trouble);
                boolean again = plan.watches() && trouble != null;
                boolean lasted = told && all.time.nanos() - beganNanos > plan.timeoutNanos();
                schedule(again ? plan.again(lasted, tally.failures(), all.random) : plan.next(all.random));
                rest = leave();
            } finally {
                all.lock.unlock();
            }
            rest.run();
            conclude(before, after, trouble);
        }

        private void late() {
            ended("no answer within " + plan.timeoutNanos() / 1_000_000 + " ms");
        }

        private void count(@Nullable String trouble) {
            (trouble == null ? all.good : all.bad).increment();
        }

        /** Under the lock: it is over, or no longer wanted. What is left to do without it is handed back. */
        Runnable leave() {
            left = true;
            late.cancel();
            if (!told) {
                all.givePlace();
            }
            Cancellable running = cut;
            // Where it has not been begun yet, whoever begins it ends it.
            return running == null ? () -> {} : () -> finish(running);
        }

        private void finish(Cancellable running) {
            running.cancel();
            node.checkEnded();
        }
    }
}
