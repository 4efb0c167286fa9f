package dev.weft.endpoint;

import dev.weft.time.Time;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One endpoint as this process knows it: what discovery says, and what its own calls have learnt.
 *
 * <p>A node lives as long as its address stays in the list, whatever else changes around it: connections,
 * latency and ejection survive a new weight, a new policy and the coming and going of its siblings. This is
 * where the capabilities meet that do not know each other: balancing reads what guarding writes. Every
 * field is safe to read and write from any thread.
 */
public final class Node {
    /** Longer than anybody asks back for. */
    private static final long LONG_NANOS = TimeUnit.DAYS.toNanos(1);
    /** How exactly the last answer is dated. */
    private static final long EXACT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final Object[] NO_RESOURCES = {};

    private final String service;
    private final String address;
    private final long bornNanos;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger checks = new AtomicInteger();
    private final LatencyAverage latency;
    private final Standing standing;
    private final ReentrantLock resourcesLock = new ReentrantLock();

    private volatile Endpoint endpoint;
    private volatile long avoidUntilNanos;
    private volatile boolean removed;
    private volatile boolean spare;
    private volatile boolean failsChecks;
    private volatile long answeredNanos;
    private volatile @Nullable Reported reported;
    private volatile @Nullable Object memory;
    // Copy on write under the lock; at most one entry per transport, so a scan beats a map.
    private volatile Object[] resources = NO_RESOURCES;

    Node(String service, Endpoint endpoint, long nowNanos) {
        this.service = service;
        this.address = endpoint.address();
        this.endpoint = endpoint;
        this.bornNanos = nowNanos;
        this.avoidUntilNanos = nowNanos;
        this.answeredNanos = Time.plus(nowNanos, -LONG_NANOS);
        this.latency = new LatencyAverage(nowNanos);
        this.standing = new Standing(nowNanos);
    }

    /** The logical service that this node serves. */
    public String service() {
        return service;
    }

    /** Its identity: {@code host:port}. */
    public String address() {
        return address;
    }

    /** What discovery last said. */
    public Endpoint endpoint() {
        return endpoint;
    }

    void endpoint(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** When this process first saw it, on the monotonic clock; slow start counts from here. */
    public long bornNanos() {
        return bornNanos;
    }

    /** Attempts under way, from pick to the end of the answer. */
    public int inFlight() {
        return inFlight.get();
    }

    public void attemptStarted() {
        inFlight.incrementAndGet();
    }

    public void attemptEnded() {
        if (inFlight.decrementAndGet() == 0) {
            closeUnused();
        }
    }

    // Health checks of this process's own.

    /** What discovery says of it, or what this process has found, if that is worse. */
    public Health health() {
        Health told = endpoint.health();
        return failsChecks && told.compareTo(Health.UNHEALTHY) < 0 ? Health.UNHEALTHY : told;
    }

    /** Whether this process's own checks say that it takes no traffic. */
    public boolean failsChecks() {
        return failsChecks;
    }

    /** Whoever says so tells the cluster ({@link Cluster#healthChanged}). */
    public void failsChecks(boolean failing) {
        failsChecks = failing;
    }

    /** A check uses its connections from here on; it is no load. */
    public void checkStarted() {
        checks.incrementAndGet();
    }

    public void checkEnded() {
        checks.decrementAndGet();
        closeUnused();
    }

    /** It has answered a call, and was well. */
    public void answered(long nowNanos) {
        if (nowNanos - answeredNanos > EXACT_NANOS) {
            answeredNanos = nowNanos;
        }
    }

    /** Whether it has answered a call since then, and was well; of a day ago nothing is known. */
    public boolean answeredSince(long nanos) {
        return answeredNanos - nanos >= 0;
    }

    /** What it took and said of its load is no longer true. */
    void forget() {
        latency.forget();
        reported = null;
    }

    public LatencyAverage latency() {
        return latency;
    }

    /** How outlier detection has judged it. */
    public Standing standing() {
        return standing;
    }

    /** Until then, on the monotonic clock, it is called only for want of another: it asked for a rest (Retry-After), or needs one. */
    public void avoidUntil(long nanos) {
        avoidUntilNanos = nanos;
    }

    public boolean resting(long nowNanos) {
        return avoidUntilNanos - nowNanos > 0;
    }

    /** What it last said of its load, and when; null where it has said nothing of use. */
    public @Nullable Reported reported() {
        return reported;
    }

    /** Whether its next report should be read: what it said with answer upon answer a moment ago tells nothing new. */
    public boolean reportDue(long nowNanos) {
        Reported last = reported;
        return last == null || last.due(nowNanos);
    }

    /** It said that of its load, or nothing. What no weight can be worked out from is passed over. */
    public void report(@Nullable LoadReport report, long nowNanos) {
        if (report != null && report.usable()) {
            reported = Reported.after(reported, report, nowNanos);
        }
    }

    /**
     * What a balancer has learnt of it beside what stands here, made when it is first asked for; it lives as long as the
     * node. There is one, of the kind that was asked for last.
     */
    public <T> T memory(Class<T> kind, Function<Node, T> make) {
        Object seen = memory;
        if (!kind.isInstance(seen)) {
            resourcesLock.lock();
            try {
                seen = memory;
                if (!kind.isInstance(seen)) {
                    seen = make.apply(this);
                    memory = seen;
                }
            } finally {
                resourcesLock.unlock();
            }
        }
        return kind.cast(seen);
    }

    /** Whether discovery has dropped it. It gets nothing new and closes when its last attempt ends. */
    public boolean removed() {
        return removed;
    }

    /**
     * Says whether this process has others enough and does without it. It can still be called, but keeps no connections
     * from one call to the next: {@link #closeUnused} closes them.
     */
    public void spare(boolean spare) {
        if (this.spare != spare) {
            this.spare = spare;
        }
    }

    /** Whether it is in the list and keeps no connections. */
    public boolean spare() {
        return spare;
    }

    private boolean idle() {
        return inFlight.get() == 0 && checks.get() == 0;
    }

    /** Closes what transports keep where it has left, or is spare, and neither an attempt nor a check is under way. */
    public void closeUnused() {
        if ((removed || spare) && idle()) {
            close();
        }
    }

    /**
     * What {@code owner} keeps for this node, such as a transport's connections; made on first use, closed when
     * the node has left, or is spare, and its last attempt has ended. To be asked for within an attempt or a check.
     */
    @SuppressWarnings("unchecked")
    public <T extends AutoCloseable> T resource(Object owner, Function<Node, T> make) {
        Object found = find(owner);
        if (found == null) {
            resourcesLock.lock();
            try {
                found = find(owner);
                if (found == null) {
                    found = make.apply(this);
                    Object[] grown = Arrays.copyOf(resources, resources.length + 2);
                    grown[grown.length - 2] = owner;
                    grown[grown.length - 1] = found;
                    resources = grown;
                }
            } finally {
                resourcesLock.unlock();
            }
        }
        return (T) found;
    }

    private @Nullable Object find(Object owner) {
        Object[] seen = resources;
        for (int i = 0; i < seen.length; i += 2) {
            if (seen[i] == owner) {
                return seen[i + 1];
            }
        }
        return null;
    }

    void remove() {
        removed = true;
        closeUnused();
    }

    private void close() {
        Object[] closing;
        resourcesLock.lock();
        try {
            closing = resources;
            resources = NO_RESOURCES;
            if (!idle()) {
                // An attempt or a check that began meanwhile may have found them. One that begins from now on makes its
                // own.
                resources = closing;
                return;
            }
        } finally {
            resourcesLock.unlock();
        }
        for (int i = 1; i < closing.length; i += 2) {
            try {
                ((AutoCloseable) closing[i]).close();
            } catch (Exception e) {
                LoggerFactory.getLogger(Node.class)
                        .warn("{} of {}: closing its connections failed", address, service, e);
            }
        }
    }

    @Override
    public String toString() {
        return service + "@" + address;
    }
}
