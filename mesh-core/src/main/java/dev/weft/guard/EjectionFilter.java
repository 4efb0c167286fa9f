package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Standing;
import dev.weft.policy.Mode;
import dev.weft.stack.Fit;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges each attempt's node by the answer. */
final class EjectionFilter<R> implements Filter<R>, Reply.Observer<R> {
    private static final Logger log = LoggerFactory.getLogger(EjectionFilter.class);

    private final Cluster cluster;
    private final LongAdder observed;
    private final RandomGenerator random;
    private final boolean enforce;
    private final int limit;
    private final long baseNanos;
    private final long maxNanos;

    EjectionFilter(Fit<R> fit, LongAdder observed) {
        this.observed = observed;
        this.cluster = fit.cluster();
        this.random = fit.random();
        this.enforce = fit.policy().get(EjectionLayer.MODE) == Mode.ENFORCE;
        this.limit = fit.policy().get(EjectionLayer.CONSECUTIVE);
        this.baseNanos = fit.policy().get(EjectionLayer.BASE).toNanos();
        this.maxNanos = fit.policy().get(EjectionLayer.MAX).toNanos();
    }

    @Override
    public Reply<R> apply(Call attempt, Service<R> next) {
        Reply<R> reply = next.call(attempt);
        reply.onDone(attempt, this);
        return reply;
    }

    @Override
    public void done(Call attempt, Outcome<R> outcome) {
        Node node = attempt.node();
        Verdict verdict = attempt.verdict();
        if (node == null || verdict.neutral() || !node.standing().judges(attempt.sentNanos())) {
            return;
        }
        Standing standing = node.standing();
        if (!verdict.blamesNode()) {
            standing.succeeded();
            if (standing.ejected() && cluster.ejections().readmit(node)) {
                log.info("{} is back: its probe was answered", node);
            }
        } else if (standing.ejected()) {
            cluster.ejections().keepOut(node, attempt, attempt.time().nanos() + pause(standing));
        } else {
            failed(node, standing, verdict, attempt.time().nanos());
        }
    }

    private void failed(Node node, Standing standing, Verdict verdict, long now) {
        int failures = standing.failed();
        if (failures < limit) {
            return;
        }
        if (!enforce) {
            if (failures == limit) {
                observed.increment();
                log.info("{} would be ejected: {} failures in a row, the last {}", node, failures, verdict.label());
            }
            return;
        }
        long pause = pause(standing);
        if (cluster.ejections().eject(node, now + pause)) {
            log.warn(
                    "{} is ejected: {} failures in a row, the last {}; one probe in {} ms",
                    node,
                    failures,
                    verdict.label(),
                    pause / 1_000_000);
        }
    }

    /** Doubles with each time; half of it is chance. */
    private long pause(Standing standing) {
        long half = Math.min(maxNanos, baseNanos << Math.min(20, standing.times())) / 2;
        return half + random.nextLong(half + 1);
    }
}
