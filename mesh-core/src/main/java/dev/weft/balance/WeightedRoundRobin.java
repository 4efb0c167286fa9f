package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.Wire;
import dev.weft.endpoint.Node;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Round robin by weights that servers report (gRFC A58). A new schedule is made at most every second, by the pick that
 * first finds the old one out of date; the others go on with that meanwhile.
 */
final class WeightedRoundRobin implements Picker {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<Share> shares;
    private final Tuning tuning;
    private final AtomicBoolean scheduling = new AtomicBoolean();
    private volatile Turns turns;

    WeightedRoundRobin(List<Share> shares, Tuning tuning) {
        this.shares = shares;
        this.tuning = tuning;
        this.turns = new Turns(new RoundRobin(shares, tuning), true, 0);
    }

    @Override
    public Node pick(Call attempt, long nowNanos) {
        if (turns.outOfDate(nowNanos) && scheduling.compareAndSet(false, true)) {
            try {
                schedule(nowNanos);
            } finally {
                scheduling.set(false);
            }
        }
        return turns.picker.pick(attempt, nowNanos);
    }

    private void schedule(long nowNanos) {
        if (turns.outOfDate(nowNanos)) {
            List<Share> now = tuning.reportedWeights().of(shares, nowNanos);
            turns = new Turns(new RoundRobin(now, tuning), false, nowNanos + PERIOD_NANOS);
        }
    }

    /** @param first made before anybody has told the time */
    private record Turns(RoundRobin picker, boolean first, long dueNanos) {
        boolean outOfDate(long nowNanos) {
            return first || nowNanos - dueNanos >= 0;
        }
    }

    /** Goes by reports. */
    record ByReports(Tuning tuning) implements Balancer {
        @Override
        public Picker picker(List<Share> shares) {
            return new WeightedRoundRobin(shares, tuning);
        }

        @Override
        public void ended(Call attempt, Node node, Wire<?> wire) {
            if (node.reportDue(attempt.endNanos())) {
                node.report(wire.loadReport(attempt), attempt.endNanos());
            }
        }
    }
}
