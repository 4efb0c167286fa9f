package dev.weft.retry;

import dev.weft.call.Call;
import dev.weft.call.Deadline;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.RetriesSpent;
import dev.weft.call.Service;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** Tries, and tries again while {@link #worthAnother} says that it is safe and the budget that it is wise. */
final class RetryFilter<R> implements Filter<R> {
    private final Wire<R> wire;
    private final Cluster cluster;
    private final RetryBudget budget;
    private final AtomicInteger active;
    private final RandomGenerator random;
    private final int attempts;
    private final int maxActive;
    private final boolean idempotent;
    private final AttemptsSoFar<R> soFar;
    private final int[] alsoOn;
    private final long perTryNanos;
    private final Backoff backoff;

    RetryFilter(Fit<R> fit, RetryBudget budget, AtomicInteger active) {
        Policy policy = fit.policy();
        this.wire = fit.wire();
        this.cluster = fit.cluster();
        this.budget = budget;
        this.active = active;
        this.random = fit.random();
        this.attempts = policy.get(RetryLayer.ATTEMPTS);
        this.soFar = new AttemptsSoFar<>(wire, attempts > 1);
        this.maxActive = policy.get(RetryLayer.MAX_RETRIES);
        this.idempotent = policy.get(RetryLayer.IDEMPOTENT);
        this.alsoOn = policy.get(RetryLayer.ALSO_ON).stream()
                .mapToInt(Integer::intValue)
                .toArray();
        this.perTryNanos = policy.get(RetryLayer.PER_TRY).toNanos();
        this.backoff = Backoff.fullJitter(
                policy.get(RetryLayer.BACKOFF_BASE).toNanos(),
                policy.get(RetryLayer.BACKOFF_CAP).toNanos());
    }

    @Override
    public Reply<R> apply(Call call, Service<R> next) {
        return around(next).call(call);
    }

    /** Knows what is below it, so that an attempt needs no object to come back with. */
    @Override
    public Service<R> around(Service<R> next) {
        return new Trying(next);
    }

    private final class Trying implements Service<R>, Reply.Continuation<R, R> {
        private final Service<R> next;

        Trying(Service<R> next) {
            this.next = next;
        }

        @Override
        public Reply<R> call(Call call) {
            Call attempt = call.newAttempt();
            if (perTryNanos > 0) {
                attempt.shorten(attempt.startNanos() + perTryNanos);
            }
            Reply<R> reply;
            try {
                reply = next.call(attempt);
            } catch (Throwable thrown) {
                reply = new Failure<R>(thrown);
            }
            return reply.then(attempt, this);
        }

        @Override
        public Reply<R> resume(Call made, Outcome<R> outcome) {
            if (made.number() > 1) {
                active.decrementAndGet();
            }
            Call call = made.logical();
            // Where two have raced it is the one whose answer this is.
            Call latest = call.latest();
            Call attempt = latest == null ? made : latest;
            attempt.reaches(outcome, wire);
            if (outcome instanceof Failure<R>) {
                attempt.end(null);
            }
            if (call.ended()) {
                // A filter above has answered without waiting for this.
                attempt.drop(outcome, wire);
                return outcome;
            }
            Verdict verdict = attempt.verdict();
            boolean well = verdict == Verdict.OK || (verdict == Verdict.CALLER_ERROR && !listed(attempt.status()));
            if (outcome instanceof Success<R> && well) {
                budget.deposit(attempt.headNanos());
                return outcome;
            }
            if (call.cancelled()) {
                return outcome;
            }
            try {
                return again(call, attempt, outcome);
            } catch (Throwable thrown) {
                attempt.drop(outcome, wire);
                throw thrown;
            }
        }

        private Reply<R> again(Call call, Call attempt, Outcome<R> outcome) {
            Pushback pushback = wire.pushback(attempt, outcome);
            long now = call.time().nanos();
            Node node = attempt.node();
            // A limit may be one caller's, and others are served.
            boolean ofTheNode = pushback.elsewhere() && attempt.verdict().blamesNode();
            if (node != null && ofTheNode && pushback.waitNanos() > 0) {
                node.avoidUntil(now + pushback.waitNanos());
            }
            boolean inTime = attempt.verdict() != Verdict.TIMEOUT && attempt.verdict() != Verdict.REJECTED;
            if (!inTime && call.remainingNanos(now) <= 0) {
                call.fate(Fate.FAILED_DEADLINE);
                return outcome;
            }
            boolean waits = soFar.waits(attempt, outcome);
            if (!pushback.allowed() || !(waits || worthAnother(attempt, pushback))) {
                call.fate(Fate.FAILED_NOT_RETRYABLE);
                if (!pushback.allowed() || (call.attempts() > 1 && ofTheService(attempt.verdict()))) {
                    // It is no use for anybody, those who called us included: it was said, or two nodes agree.
                    RetriesSpent.tell(call.context());
                }
                return outcome;
            }
            boolean transparent = soFar.transparent(attempt);
            if (!transparent && !waits && call.attempts() - soFar.uncounted(attempt) >= attempts) {
                if (attempts == 1) {
                    // Who makes no retries has none to use up; those of its callers are as good as ever.
                    call.fate(Fate.FAILED_NOT_RETRYABLE);
                } else {
                    call.fate(Fate.FAILED_ATTEMPTS_EXHAUSTED);
                    RetriesSpent.tell(call.context());
                }
                return outcome;
            }
            long pause = transparent ? pushback.waitNanos() : pauseNanos(attempt, pushback, now);
            if (call.expiresBefore(now + pause + Deadline.TOO_LITTLE_NANOS)) {
                call.fate(Fate.FAILED_DEADLINE);
                return outcome;
            }
            if (!take(now, transparent, waits)) {
                call.fate(Fate.FAILED_BUDGET);
                RetriesSpent.tell(call.context());
                return outcome;
            }
            if (pause == 0) {
                return anew(call, attempt, outcome);
            }
            return call.pace().pause(call, pause).then(call, (c, waited) -> {
                if (waited instanceof Failure<Call> failure) {
                    active.decrementAndGet();
                    attempt.drop(outcome, wire);
                    return new Failure<>(failure.cause());
                }
                return anew(c, attempt, outcome);
            });
        }

        private Reply<R> anew(Call call, Call attempt, Outcome<R> outcome) {
            attempt.drop(outcome, wire);
            return call(call);
        }
    }

    private boolean take(long now, boolean transparent, boolean waits) {
        int underWay = active.incrementAndGet();
        if (waits || (underWay <= maxActive && (transparent || budget.tryWithdraw(now)))) {
            return true;
        }
        active.decrementAndGet();
        return false;
    }

    private long pauseNanos(Call attempt, Pushback pushback, long now) {
        boolean another = pushback.elsewhere() && firstToSay(attempt) && anotherIsThere(attempt, now);
        if (pushback.stated() && !another) {
            return pushback.waitNanos();
        }
        // Nobody needs a rest where no harm was done, or where the node that needs it is left alone.
        Node node = attempt.node();
        boolean elsewhere = another
                || attempt.verdict().notApplied()
                || (node != null && node.standing().ejected());
        boolean atOnce = attempt.number() == 1 && elsewhere;
        return atOnce ? 0 : backoff.afterNanos(soFar.sincePushback(attempt), random);
    }

    /** Whether another attempt could help and cannot do harm. */
    private boolean worthAnother(Call attempt, Pushback pushback) {
        Verdict verdict = attempt.verdict();
        boolean safe = verdict.notApplied() || idempotent || wire.idempotent(attempt);
        boolean useful = switch (verdict) {
            case UNSENT, REFUSED, LOST, TIMEOUT, UNAVAILABLE -> true;
            // One node may have too much to do; where two have, all have.
            case OVERLOADED -> !attempt.endedBefore(Verdict.OVERLOADED);
            case THROTTLED -> pushback.stated() || listed(attempt.status());
            case SERVER_ERROR, CALLER_ERROR -> listed(attempt.status());
            default -> false;
        };
        return (useful || anotherMaySay(attempt)) && safe && wire.replayable(attempt);
    }

    /**
     * Such an error is the request's or the node's, such a limit the service's or the node's; a second node tells which, a
     * third would say nothing new.
     */
    private boolean anotherMaySay(Call attempt) {
        Verdict verdict = attempt.verdict();
        return (verdict == Verdict.SERVER_ERROR || verdict == Verdict.THROTTLED)
                && cluster.nodes().size() >= 2
                && firstToSay(attempt);
    }

    private static boolean firstToSay(Call attempt) {
        return !attempt.endedBefore(attempt.verdict());
    }

    /** Whether some node is there that has not been asked and wants no rest. */
    private boolean anotherIsThere(Call attempt, long now) {
        for (Node node : cluster.nodes()) {
            boolean used = node == attempt.node() || attempt.tried(node);
            if (!used && !node.resting(now) && !node.standing().ejected()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a second node that says the same speaks for the others as well. */
    private static boolean ofTheService(Verdict verdict) {
        return verdict == Verdict.SERVER_ERROR || verdict == Verdict.THROTTLED || verdict == Verdict.OVERLOADED;
    }

    private boolean listed(int status) {
        for (int also : alsoOn) {
            if (also == status) {
                return true;
            }
        }
        return false;
    }
}
