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
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges each attempt's node by the answer. */
final class EjectionFilter<R> implements Filter<R>, Reply.Observer<R> {
    private static final Logger log = LoggerFactory.getLogger(EjectionFilter.class);

    private final Cluster cluster;
    private final RandomGenerator random;
    private final boolean enforce;
    private final int limit;
    private final long baseNanos;
    private final long maxNanos;
    private final double maxShare;

    EjectionFilter(Fit<R> fit) {
        this.cluster = fit.cluster();
        this.random = fit.random();
        this.enforce = fit.policy().get(EjectionLayer.MODE) == Mode.ENFORCE;
        this.limit = fit.policy().get(EjectionLayer.CONSECUTIVE);
        this.baseNanos = fit.policy().get(EjectionLayer.BASE).toNanos();
        this.maxNanos = fit.policy().get(EjectionLayer.MAX).toNanos();
        this.maxShare = fit.policy().get(EjectionLayer.MAX_SHARE);
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
        if (node == null) {
            return;
        }
        Verdict verdict = attempt.verdict();
        Standing standing = node.standing();
        if (verdict.blamesNode()) {
            int failures = standing.failed();
            if (standing.ejected() || failures >= limit) {
                eject(node, standing, failures, verdict, attempt.time().nanos());
            }
        } else if (!verdict.neutral()) {
            standing.succeeded();
            if (standing.ejected()) {
                log.info("{} is back: its probe was answered", node);
                cluster.ejections().readmit(node);
            }
        } else if (standing.ejected()) {
            cluster.ejections().probeAgain(node, attempt.time().nanos());
        }
    }

    private void eject(Node node, Standing standing, int failures, Verdict verdict, long now) {
        if (!enforce) {
            if (failures == limit) {
                log.info("{} would be ejected: {} failures in a row, the last {}", node, failures, verdict.label());
            }
            return;
        }
        boolean wasOut = standing.ejected();
        long pause = equalJitter(Math.min(maxNanos, baseNanos << Math.min(20, standing.times())));
        if (cluster.ejections().eject(node, now + pause, cap()) && !wasOut) {
            log.warn(
                    "{} is ejected: {} failures in a row, the last {}; one probe in {} ms",
                    node,
                    failures,
                    verdict.label(),
                    pause / 1_000_000);
        }
    }

    private long equalJitter(long nanos) {
        long half = nanos / 2;
        return half + random.nextLong(half + 1);
    }

    /** With two nodes one may go, with more a share but at least one; the last one never. */
    private int cap() {
        int size = cluster.nodes().size();
        return Math.min(size - 1, Math.max(1, (int) (size * maxShare)));
    }
}
