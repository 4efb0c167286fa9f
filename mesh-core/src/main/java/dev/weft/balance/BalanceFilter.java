package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.EndListener;
import dev.weft.call.Failure;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.LatencyAverage;
import dev.weft.endpoint.Node;
import dev.weft.stack.CallKey;
import org.jspecify.annotations.Nullable;

/** Picks, counts the node's load until the attempt has ended, and records its latency. */
final class BalanceFilter<R> implements Filter<R>, Reply.Observer<R>, EndListener {
    /** A failure counts as this many times the average, so that failing fast draws no traffic. */
    private static final int FAILURE_FACTOR = 10;

    private static final long FAILURE_MAX_NANOS = 5_000_000_000L;

    private final Members members;
    private final CallKey key;
    private final Wire<R> wire;
    private final CallKey.Reader<Call> reader;
    private final long decayNanos;
    private final long waitNanos;

    BalanceFilter(Members members, CallKey key, Wire<R> wire, long decayNanos, long waitNanos) {
        this.members = members;
        this.key = key;
        this.wire = wire;
        this.reader = wire::read;
        this.decayNanos = decayNanos;
        this.waitNanos = waitNanos;
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        // A probe knows where it goes.
        Node known = attempt.node();
        Node node = known == null ? pick(attempt) : known;
        return node == null ? unpicked(attempt, next) : go(attempt, node, next);
    }

    private @Nullable Node pick(Call attempt) {
        String text = key.of(attempt, attempt.context(), reader);
        return text == null ? members.pick(attempt) : members.pick(attempt, XxHash64.of(text, 0));
    }

    private Reply<R> unpicked(Call attempt, Service<R> next) {
        return members.awaitResolved(attempt, waitNanos).then(attempt, (a, resolved) -> {
            if (resolved instanceof Failure<Cluster> failure) {
                return new Failure<>(failure.cause());
            }
            a.waited(a.time().nanos());
            if (a.tooLate()) {
                return new Failure<>(a.deadlineExceeded("nearly while it waited for discovery; not sent"));
            }
            Node node = pick(a);
            return node == null ? members.nobody() : go(a, node, next);
        });
    }

    private Reply<R> go(Call attempt, Node node, Service<R> next) {
        attempt.node(node);
        members.started(node);
        attempt.onEnd(this);
        Reply<R> reply = next.call(attempt);
        reply.onDone(attempt, this);
        return reply;
    }

    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        Node node = attempt.node();
        Verdict verdict = attempt.verdict();
        if (node == null) {
            return;
        }
        long now = attempt.headNanos();
        long latency = now - attempt.sentNanos();
        LatencyAverage average = node.latency();
        if (verdict.neutral()) {
            if (verdict == Verdict.CANCELLED) {
                // Given up, for another that answered first: it would have taken longer.
                average.cutOff(latency, now);
            }
            return;
        }
        if (verdict.repels()) {
            latency = Math.max(latency, penalty(verdict, average.last()));
        }
        average.observe(latency, now, decayNanos);
    }

    /**
     * A failure never looks faster than what is usual, or it would draw traffic. Where ejection judges it looks no slower
     * either: a node that is asked no more is judged late, and comes back late.
     */
    private long penalty(Verdict verdict, double usual) {
        boolean judged = !verdict.pushesBack() && members.ejections().enforced();
        return (long) Math.min(FAILURE_MAX_NANOS, judged ? usual : FAILURE_FACTOR * usual);
    }

    @Override
    public void ended(Call attempt) {
        Node node = attempt.node();
        if (node != null) {
            members.ended(attempt, node, wire);
        }
    }
}
