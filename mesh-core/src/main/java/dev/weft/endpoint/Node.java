package dev.weft.endpoint;

import dev.weft.time.Time;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    /** For how long a failure counts after which nothing was heard. */
    private static final long FALTERING_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How exactly the last answer is dated. */
    private static final long EXACT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final AtomicLongFieldUpdater<Node> AVOID_UNTIL =
            AtomicLongFieldUpdater.newUpdater(Node.class, "avoidUntilNanos");

    private static final AtomicIntegerFieldUpdater<Node> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(Node.class, "inFlight");

    private final String service;
    private final String address;
    private final long bornNanos;
    // No object of its own: a pick waits for it, of two or three nodes, and of many they are in no near cache.
    private volatile int inFlight;
    private final AtomicInteger checks = new AtomicInteger();
    private final LatencyAverage latency;
    private final Standing standing;
    private final Resources resources = new Resources();

    private volatile Endpoint endpoint;
    private volatile long avoidUntilNanos;
    private volatile boolean removed;
    private volatile boolean spare;
    private volatile boolean failsChecks;
    private volatile long answeredNanos;
    private volatile boolean faltered;
    private volatile long falteredNanos;
    private volatile @Nullable Reported reported;
    private final AtomicReference<@Nullable Object> memory = new AtomicReference<>();

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
        return inFlight;
    }

    public void attemptStarted() {
        IN_FLIGHT.incrementAndGet(this);
    }

    public void attemptEnded() {
        if (IN_FLIGHT.decrementAndGet(this) == 0) {
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

    /** The last that ended there failed, or was refused for want of room; or neither. */
    public void faltered(boolean bad, long nowNanos) {
        if (bad) {
            falteredNanos = nowNanos;
        }
        if (faltered != bad) {
            faltered = bad;
        }
    }

    /** Whether the last that ended there went badly, a moment ago: who fails fast has little under way. */
    public boolean faltering(long nowNanos) {
        return faltered && nowNanos - falteredNanos < FALTERING_NANOS;
    }

    /** Whether the last that ended there went badly, however long ago. */
    public boolean failedLast() {
        return faltered;
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

    /**
     * Until then, on the monotonic clock, it is called only for want of another: it asked for a rest (Retry-After), or needs
     * one. Of two rests the longer counts.
     */
    public void avoidUntil(long nanos) {
        AVOID_UNTIL.accumulateAndGet(this, nanos, (known, said) -> said - known > 0 ? said : known);
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
        Object seen = memory.get();
        while (!kind.isInstance(seen)) {
            Object made = make.apply(this);
            seen = memory.compareAndSet(seen, made) ? made : memory.get();
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
        return inFlight == 0 && checks.get() == 0;
    }

    /** Closes what transports keep where it has left, or is spare, and neither an attempt nor a check is under way. */
    public void closeUnused() {
        if ((removed || spare) && idle()) {
            resources.closeIf(this::idle, this);
        }
    }

    /**
     * What {@code owner} keeps for this node, such as a transport's connections; made on first use, closed when
     * the node has left, or is spare, and its last attempt has ended. To be asked for within an attempt or a check.
     */
    public <T extends AutoCloseable> T resource(Object owner, Function<Node, T> make) {
        return resources.of(owner, () -> make.apply(this));
    }

    void remove() {
        removed = true;
        closeUnused();
    }

    @Override
    public String toString() {
        return service + "@" + address;
    }
}
