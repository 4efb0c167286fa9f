package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.stack.ServiceState;
import dev.weft.time.Time;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The picker of one service, kept in step with its cluster: built anew on each change by whoever made it, read
 * by callers through one volatile.
 */
final class Members implements ServiceState.Closeable {
    /** What a first node is taken to need, before anybody knows. */
    private static final long FIRST_GUESS_NANOS = 30_000_000;

    private final Cluster cluster;
    private final Time time;
    private final Balancer balancer;
    private final double panicShare;
    private final Runnable rebuild = this::rebuild;
    private final ReentrantLock building = new ReentrantLock();
    private final Promise<Cluster> resolved = new Promise<>();
    private volatile Current current = new Current(null, false);

    Members(Cluster cluster, Time time, Balancer balancer, double panicShare) {
        this.cluster = cluster;
        this.time = time;
        this.balancer = balancer;
        this.panicShare = panicShare;
        cluster.onChange(rebuild);
        rebuild();
    }

    /** Takes no more news; calls that began with it finish with what it knows. */
    @Override
    public void close() {
        cluster.removeOnChange(rebuild);
    }

    /** The node for an attempt, or null where there is none. A node that is due for its probe comes first. */
    @Nullable
    Node pick(Call attempt) {
        Current now = current;
        if (attempt.number() <= 1 || now.picker == null) {
            Node probe = cluster.ejections().dueProbe(attempt.startNanos());
            if (probe != null) {
                return probe;
            }
        }
        return now.picker == null ? null : now.picker.pick(attempt, attempt.startNanos());
    }

    boolean panic() {
        return current.panic;
    }

    /** Known when discovery has answered, or fails after {@code nanos} with what it waits for. */
    Reply<Cluster> awaitResolved(Call attempt, long nanos) {
        Promise<Cluster> ready = new Promise<>();
        resolved.onDone(attempt, (call, outcome) -> ready.complete(outcome));
        Time.Scheduled late = time.after(nanos, () -> ready.fail(noEndpoint("no answer from discovery yet")));
        ready.onDone(attempt, (call, outcome) -> late.cancel());
        attempt.onCancel(() -> ready.fail(attempt.cancellation()));
        return attempt.pace().settle(attempt, ready);
    }

    <R> Reply<R> nobody() {
        int size = cluster.nodes().size();
        return new Failure<>(noEndpoint(
                size == 0 ? "discovery knows no endpoint of it" : "none of its " + size + " endpoints can take calls"));
    }

    private MeshException noEndpoint(String why) {
        String trouble = cluster.trouble();
        return new MeshException(
                Fate.NO_ENDPOINT, cluster.service() + ": " + why + (trouble == null ? "" : " (" + trouble + ")"));
    }

    private void rebuild() {
        building.lock();
        try {
            List<Node> all = cluster.nodes();
            seed(all);
            Candidates candidates = Candidates.of(all, panicShare);
            Picker picker = candidates.nodes().isEmpty() ? null : balancer.picker(candidates.nodes());
            current = new Current(picker, candidates.panic());
        } finally {
            building.unlock();
        }
        if (cluster.resolved()) {
            resolved.complete(new Success<>(cluster));
        }
    }

    /** A new node is taken to be like the others: it starts at their median. */
    private void seed(List<Node> all) {
        double[] known = all.stream()
                .filter(node -> !node.latency().unknown())
                .mapToDouble(node -> node.latency().last())
                .sorted()
                .toArray();
        if (known.length < all.size()) {
            long guess = known.length == 0 ? FIRST_GUESS_NANOS : (long) known[known.length / 2];
            long now = time.nanos();
            all.forEach(node -> node.latency().seed(guess, now));
        }
    }

    private record Current(@Nullable Picker picker, boolean panic) {}
}
