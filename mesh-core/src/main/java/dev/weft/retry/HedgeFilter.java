package dev.weft.retry;

import dev.weft.call.Call;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Wire;
import dev.weft.endpoint.CallBucket;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Standing.Strike;
import dev.weft.stack.Fit;
import dev.weft.time.Lookout;
import dev.weft.time.Time;
import java.util.random.RandomGenerator;

/**
 * Measures attempts, notes those that are late, and has those race that can. What is late is found by looking around now
 * and then ({@link Lookout}): an attempt that is not late costs no timer, and a blocking one no object.
 */
final class HedgeFilter<R> implements Filter<R>, Reply.Observer<R> {
    /** An attempt waits for a processor more than once, and seldom for just as long as the mean. */
    private static final int OWN_LAG = 8;

    private final Wire<R> wire;
    private final Cluster cluster;
    private final Time time;
    private final RandomGenerator random;
    private final boolean idempotent;
    private final int attempts;
    private final AttemptsSoFar<R> soFar;
    private final Lateness lateness;
    private final CallBucket ownShare;
    private final int ownCost;
    private final RetryBudget budget;
    private final Probes<R> probes;

    HedgeFilter(Fit<R> fit, Lateness lateness, CallBucket ownShare, int ownCost, RetryBudget budget) {
        this.wire = fit.wire();
        this.cluster = fit.cluster();
        this.time = fit.time();
        this.random = fit.random();
        this.idempotent = fit.policy().get(RetryLayer.IDEMPOTENT);
        this.attempts = fit.policy().get(RetryLayer.ATTEMPTS);
        this.soFar = new AttemptsSoFar<>(wire, attempts > 1);
        this.lateness = lateness;
        this.ownShare = ownShare;
        this.ownCost = ownCost;
        this.budget = budget;
        this.probes = new Probes<>(fit.wire(), cluster.ejections(), budget, lateness);
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        return around(next).call(attempt);
    }

    @Override
    public Service<R> around(Service<R> next) {
        return new Watching(next);
    }

    /** Has attempts watched as they are: a late one is a {@link Race} from then on, and takes its place. */
    private final class Watching implements Service<R> {
        private final Service<R> next;
        private final Lookout<Object> lookout = new Lookout<>(time, random, this::look);

        Watching(Service<R> next) {
            this.next = next;
        }

        @Override
        public Reply<R> call(Call attempt) {
            long now = attempt.startNanos();
            ownShare.call();
            probes.sendIfDue(attempt, next, now);
            long after = afterNanos(attempt, now);
            if (attempt.pace().isBlocking()) {
                return blocking(attempt, lookout.add(attempt, after, now));
            }
            return new Waiting(attempt).send(after, now);
        }

        @SuppressWarnings({"unchecked", "ReferenceEquality"}) // there is the attempt, or the race that it has come to
        private Reply<R> blocking(Call attempt, int place) {
            Reply<R> reply = next.attempt(attempt);
            Object there = lookout.remove(place);
            if (there == attempt) {
                reply.onDone(attempt, HedgeFilter.this);
                return reply;
            }
            return ((Race<R>) there).join(reply);
        }

        private long look(Object watched, int place, long nowNanos) {
            if (watched instanceof Race<?> race) {
                return race.look(nowNanos, lookout);
            }
            Waiting waiting = watched instanceof Call ? null : waiting(watched);
            Call attempt = waiting == null ? (Call) watched : waiting.attempt;
            long left = untilLate(attempt, nowNanos, lookout);
            if (left > 0) {
                return left;
            }
            Promise<R> result = waiting == null ? new Promise<>() : waiting.result;
            Race<R> race = new Race<>(HedgeFilter.this, attempt, next, result);
            return lookout.replace(place, watched, race) ? race.look(nowNanos, lookout) : Lookout.NEVER_NANOS;
        }

        @SuppressWarnings("unchecked") // what is watched here was sent here
        private Waiting waiting(Object watched) {
            return (Waiting) watched;
        }

        /** An async attempt that is not late. */
        private final class Waiting implements Reply.Observer<R> {
            private final Call attempt;
            private final Promise<R> result = new Promise<>();
            private int place;

            Waiting(Call attempt) {
                this.attempt = attempt;
            }

            Reply<R> send(long afterNanos, long nowNanos) {
                place = lookout.add(this, afterNanos, nowNanos);
                Reply<R> reply = next.attempt(attempt);
                reply.onDone(attempt, this);
                return result;
            }

            @Override
            @SuppressWarnings({"unchecked", "ReferenceEquality"}) // there is this, or the race that it has come to
            public void done(Call known, Outcome<R> outcome) {
                Object there = lookout.remove(place);
                if (there == this) {
                    HedgeFilter.this.done(known, outcome);
                    result.complete(outcome);
                } else {
                    ((Race<R>) there).done(known, outcome);
                }
            }
        }
    }

    /**
     * How long until that attempt is late; not above zero when it is. Where this process has too few processors for what it
     * does, it is that which makes attempts late, and a second leg would only give it more to do.
     */
    long untilLate(Call attempt, long nowNanos, Lookout<?> lookout) {
        long after = afterNanos(attempt, attempt.sentNanos());
        return after == Lateness.UNKNOWN_NANOS
                ? Lookout.NEVER_NANOS
                : after + OWN_LAG * lookout.lagNanos() - (nowNanos - attempt.sentNanos());
    }

    private long afterNanos(Call attempt, long sentNanos) {
        long left = attempt.logical().remainingNanos(sentNanos);
        return Math.max(lateness.afterNanos(left), wire.leastLateNanos(attempt));
    }

    /** It is, for the first time that anybody looks, and not through the fault of this process. */
    void late(Call attempt, long nowNanos) {
        attempt.overdue();
        Node node = attempt.node();
        if (node != null && node.standing().judges(attempt.sentNanos())) {
            node.standing().strikeLate(nowNanos);
        }
    }

    /** Its node takes at least so long, as is known without waiting for the answer. */
    void aged(Call attempt, long nowNanos) {
        Node node = attempt.node();
        if (node != null) {
            node.latency().raise(nowNanos - attempt.sentNanos(), nowNanos);
        }
    }

    /** Whether a second leg would only make longer what the first stands in. */
    boolean overloaded(long nowNanos) {
        return cluster.backlog().limiting(nowNanos);
    }

    /**
     * Whether there is somewhere else to go, and something left to pay for it. Where it is one node of many that lets
     * others wait as well, or this attempt alone that is late, or there will soon be no time for another, it is not what
     * hedges may cost that bounds it, but what retries may. Where calls stand in line most of them are late for that: then
     * only what comes of a few nodes is hedged.
     *
     * @param again whether it was late before, and not through the fault of this process
     */
    boolean mayHedge(Call first, boolean again, long nowNanos) {
        Node node = first.node();
        // Who still waits, for discovery or for a permit, is not helped by a second who waits.
        if (node == null || cluster.nodes().size() < 2 || !mayRace(first)) {
            return false;
        }
        boolean sick = (node.standing().silent() || leftOverAge(first, nowNanos) <= 0)
                && cluster.ejections().fewLate(nowNanos);
        return (sick || mayHedgeOne(node, again, nowNanos)) && budget.tryWithdraw(nowNanos);
    }

    private boolean mayHedgeOne(Node node, boolean again, long nowNanos) {
        if (cluster.backlog().queueing(nowNanos)) {
            return false;
        }
        // Its node has answered others in time since: this one is lost, or stuck, and waiting is in vain.
        boolean lost = again && node.standing().strikes(Strike.LATE) == 0;
        return lost || ownShare.take(ownCost);
    }

    /**
     * How long until something may have changed for an attempt that is late: until it is twice as old, or its call has
     * less time left than it has waited, whichever is first.
     */
    static long untilNextLook(Call first, long nowNanos) {
        long age = nowNanos - first.sentNanos();
        long over = leftOverAge(first, nowNanos);
        return over > 0 ? Math.min(age, over / 2 + 1) : age;
    }

    /** How much longer its call's deadline is off than it has waited; not above zero where another needs to go out by now. */
    private static long leftOverAge(Call first, long nowNanos) {
        return first.logical().remainingNanos(nowNanos) - (nowNanos - first.sentNanos());
    }

    private boolean mayRace(Call attempt) {
        return made(attempt) < attempts && (idempotent || wire.hedgeable(attempt)) && wire.replayable(attempt);
    }

    /** How many of those that the call may make are made, with this one. */
    private int made(Call attempt) {
        return attempt.logical().attempts() - soFar.uncounted(attempt.previous());
    }

    Wire<R> wire() {
        return wire;
    }

    /** An attempt that was not hedged is known. */
    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        switch (attempt.verdict()) {
            // Who was cut off took at least so long. Who failed fast says nothing of how long an answer takes.
            case OK, CALLER_ERROR, CANCELLED, TIMEOUT ->
                lateness.record(attempt.headNanos() - attempt.sentNanos(), attempt.headNanos());
            default -> {}
        }
    }
}
