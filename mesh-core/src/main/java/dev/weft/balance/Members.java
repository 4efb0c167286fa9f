package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.call.WaitQueue;
import dev.weft.call.Wire;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Ejections;
import dev.weft.endpoint.Node;
import dev.weft.stack.ServiceState;
import dev.weft.time.Time;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The picker of one service, kept in step with its cluster: built anew on each change by whoever made it, read
 * by callers through one volatile. Of changes at the same time one is built by its maker, and the others after it, all at
 * once, by a timer: the makers are callers, and do not stand in line. It hears of changes as long as a chain that uses it
 * lives.
 */
final class Members implements ServiceState.Closeable {
    /** What a first node is taken to need, before anybody knows. */
    private static final long FIRST_GUESS_NANOS = 30_000_000;

    private static final int MOST_WAITING = 10_000;
    private static final String NO_ANSWER = "no answer from discovery yet";

    private static final Pipeline.Selection NOBODY = new Pipeline.Selection(List.of(), List.of(), false);

    private static final Logger log = LoggerFactory.getLogger(Members.class);

    private final Cluster cluster;
    private final Time time;
    private final RandomGenerator random;
    private final Balancer balancer;
    private final Pipeline pipeline;
    private final Spares spares;
    /** All attempts under way, for a balancer that goes by them; else null. */
    private final @Nullable LongAdder underWay;

    /** Changes that are not built yet; the first of them is being built, at first here. */
    private final AtomicInteger changes = new AtomicInteger(1);

    private final WaitQueue<Cluster> waiting = new WaitQueue<>();
    private volatile Current current = new Current(null, NOBODY, false);
    private volatile boolean closed;

    Members(
            Cluster cluster,
            Time time,
            RandomGenerator random,
            Balancer balancer,
            Pipeline pipeline,
            Spares spares,
            @Nullable LongAdder underWay) {
        this.cluster = cluster;
        this.time = time;
        this.random = random;
        this.balancer = balancer;
        this.pipeline = pipeline;
        this.spares = spares;
        this.underWay = underWay;
        cluster.onChange(new News(cluster, this));
        rebuild();
    }

    private void changed() {
        if (changes.getAndIncrement() == 0) {
            rebuild();
        }
    }

    /** This one, of those that an older policy may have left, says from now on who is spare. */
    void lead() {
        spares.lead(this);
        spares.tell(this, this::selection);
    }

    /** The node for an attempt, or null where there is none. A node that is due for its probe comes first. */
    @Nullable
    Node pick(Call attempt) {
        Picker picker = current.picker;
        Node probe = probe(attempt, picker);
        return probe != null || picker == null ? probe : picker.pick(attempt, attempt.sentNanos());
    }

    /** As {@link #pick(Call)}, for a call that has a key. */
    @Nullable
    Node pick(Call attempt, long hash) {
        Picker picker = current.picker;
        Node probe = probe(attempt, picker);
        return probe != null || picker == null ? probe : picker.pick(attempt, attempt.sentNanos(), hash);
    }

    private @Nullable Node probe(Call attempt, @Nullable Picker picker) {
        return attempt.number() <= 1 || picker == null
                ? cluster.ejections().claimProbe(attempt, false, attempt.sentNanos())
                : null;
    }

    void started(Node node) {
        node.attemptStarted();
        if (underWay != null) {
            underWay.increment();
        }
    }

    /** The attempt has ended; where it was a probe of which nothing can be learnt, the next may probe. */
    void ended(Call attempt, Node node, Wire<?> wire) {
        Verdict verdict = attempt.verdict();
        if (!verdict.neutral()) {
            node.faltered(verdict.repels(), attempt.endNanos());
        }
        balancer.ended(attempt, node, wire);
        node.attemptEnded();
        if (underWay != null) {
            underWay.decrement();
        }
        if (node.standing().ejected() && verdict.neutral()) {
            cluster.ejections().releaseProbe(node, attempt, verdict == Verdict.CANCELLED);
        }
    }

    Ejections ejections() {
        return cluster.ejections();
    }

    boolean panic() {
        return selection().panic();
    }

    private Pipeline.Selection selection() {
        return current.selection;
    }

    /** How many calls wait for discovery. */
    int waiting() {
        return waiting.size();
    }

    /** Known when discovery has answered, or fails after {@code nanos} with what it waits for. */
    Reply<Cluster> awaitResolved(Call attempt, long nanos) {
        if (current.resolved) {
            return new Success<>(cluster);
        }
        Promise<Cluster> turn = waiting.join(
                attempt, MOST_WAITING, nanos, () -> noEndpoint(NO_ANSWER), "while it waited for discovery");
        if (turn == null) {
            return new Failure<>(noEndpoint(NO_ANSWER + ", and " + MOST_WAITING + " calls wait for it"));
        }
        if (current.resolved) {
            // The answer came between the look and the queueing.
            turn.succeed(cluster);
        }
        return attempt.pace().resume(attempt, turn);
    }

    /** Those who wait are told that the mesh is closed, and those who come yet: out of a pause between attempts. */
    @Override
    public void close() {
        closed = true;
        waiting.close(new Failure<>(meshClosed()));
    }

    private MeshException meshClosed() {
        return new MeshException(Fate.CANCELLED, cluster.service() + ": the mesh is closed; not sent");
    }

    <R> Reply<R> nobody() {
        if (closed) {
            return new Failure<>(meshClosed());
        }
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
        int built = changes.get();
        try {
            build();
        } finally {
            if (!changes.compareAndSet(built, 0)) {
                time.after(0, this::rebuild);
            }
        }
    }

    /** By one at a time. */
    private void build() {
        // In this order: what is not known yet is told by the next change.
        boolean resolved = cluster.resolved();
        List<Node> all = cluster.nodes();
        seed(all);
        Pipeline.Selection selection = pipeline.select(all);
        current = new Current(picker(selection), selection, resolved);
        spares.tell(this, this::selection);
        if (resolved) {
            waiting.serveAll(new Success<>(cluster));
        }
    }

    private @Nullable Picker picker(Pipeline.Selection selection) {
        try {
            List<Group> used = selection.used();
            return used.isEmpty()
                    ? null
                    : AroundFailing.over(
                            GroupPicker.of(used, balancer, random),
                            pipeline.others(selection),
                            cluster.ejections(),
                            random);
        } catch (RuntimeException e) {
            // A user's balancer; whoever told us of the change is not to suffer for it.
            log.error(
                    "{}: the balancer failed at a change of the endpoints; the last picker stays",
                    cluster.service(),
                    e);
            return current.picker;
        }
    }

    /** A new node is taken to be like the others: it starts at their median. */
    private void seed(List<Node> all) {
        long guess = 0;
        for (Node node : all) {
            if (node.latency().blank()) {
                guess = guess == 0 ? guess(all) : guess;
                node.latency().seed(guess, time.nanos());
            }
        }
    }

    private static long guess(List<Node> all) {
        double median = Latencies.quantile(all, 0.5);
        return median == 0 ? FIRST_GUESS_NANOS : (long) median;
    }

    /** What the cluster holds of it: nothing that keeps it, so that no chain is ever left with a picker of the past. */
    private static final class News extends WeakReference<Members> implements Runnable {
        private final Cluster cluster;

        News(Cluster cluster, Members members) {
            super(members);
            this.cluster = cluster;
        }

        @Override
        public void run() {
            Members members = get();
            if (members == null) {
                cluster.removeOnChange(this);
            } else {
                members.changed();
            }
        }
    }

    private record Current(@Nullable Picker picker, Pipeline.Selection selection, boolean resolved) {}
}
