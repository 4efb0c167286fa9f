package dev.weft.guard;

import dev.weft.call.Call;
import dev.weft.call.Causes;
import dev.weft.call.Failure;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Ejections;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Standing;
import dev.weft.policy.Mode;
import dev.weft.stack.Fit;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges each attempt's node by the answer. */
final class EjectionFilter<R> implements Filter<R>, Reply.Observer<R> {
    private static final Logger log = LoggerFactory.getLogger(EjectionFilter.class);
    /** A tenth more, so that callers who lost a node at one moment do not come back to it at one moment. */
    private static final double JITTER = 0.1;

    private final Ejections ejections;
    private final EjectionRules rules;
    private final LongAdder observed;
    private final RandomGenerator random;
    private final boolean enforce;
    private final long baseNanos;
    private final long maxNanos;

    EjectionFilter(Fit<R> fit, LongAdder observed) {
        Cluster cluster = fit.cluster();
        this.observed = observed;
        this.ejections = cluster.ejections();
        this.rules = new EjectionRules(fit.policy(), cluster, fit.time().nanos());
        this.random = fit.random();
        this.enforce = fit.policy().get(EjectionLayer.MODE) == Mode.ENFORCE;
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
        if (node == null || !node.standing().judges(attempt.sentNanos())) {
            return;
        }
        Verdict verdict = attempt.verdict();
        Standing standing = node.standing();
        long now = attempt.headNanos();
        if (verdict.neutral()) {
            if (verdict == Verdict.CANCELLED && !standing.ejected()) {
                found(node, rules.overtaken(node, now), now);
            }
        } else if (!verdict.blamesNode()) {
            standing.succeeded(attempt.late());
            standing.tally().add(false, now);
            if (standing.ejected() && !doubted(node, attempt, now) && ejections.readmit(node)) {
                log.info("{} is back: its probe was answered", node);
            }
        } else {
            // A deadline that was over before a connection was made says little of the node.
            boolean refused = verdict == Verdict.UNSENT && !attempt.expiresBefore(now + 1) && unreachable(outcome);
            if (standing.ejected()) {
                ejections.keepOut(node, attempt, now + pause(standing, refused, now), refused);
            } else {
                standing.tally().add(true, now);
                EjectionRules.Finding finding = refused ? rules.refused(node) : null;
                found(node, finding == null ? rules.failed(node, now) : finding, now);
            }
        }
    }

    /** TLS that failed or was slow, and a name that is not known, say less of a node than a port that nobody answers at. */
    private static boolean unreachable(Outcome<?> outcome) {
        Throwable cause = outcome instanceof Failure<?> failure ? failure.cause() : null;
        return Causes.find(cause, SSLException.class) == null && Causes.find(cause, UnknownHostException.class) == null;
    }

    private boolean doubted(Node node, Call probe, long now) {
        return !rules.wanting(now) && ejections.doubts(node, probe, now + baseNanos);
    }

    private void found(Node node, EjectionRules.@Nullable Finding finding, long now) {
        if (finding == null) {
            return;
        }
        Standing standing = node.standing();
        boolean news = standing.condemn(finding.proofs());
        if (!enforce) {
            if (news) {
                observed.increment();
                log.info("{} would be ejected: {}", node, finding.why());
            }
            return;
        }
        long pause = pause(standing, finding.certain() || !news, now);
        if (ejections.eject(node, now + pause, finding.certain())) {
            log.warn("{} is ejected: {}; one probe in {} ms", node, finding.why(), pause / 1_000_000);
        } else if (!standing.ejected()) {
            // As many are out as may be. It rests a while, and then shows with calls how it is, as nobody probes it.
            node.avoidUntil(now + pause);
            if (!news) {
                ejections.triedInVain(now);
            }
        }
    }

    /** Doubles with each time; a process that is gone is not back in a moment, nor one that was found bad anew. */
    private long pause(Standing standing, boolean longest, long now) {
        long pause = longest ? maxNanos : Math.min(maxNanos, baseNanos << Math.min(20, standing.times(now)));
        return (long) (pause * (1 + JITTER * random.nextDouble()));
    }
}
