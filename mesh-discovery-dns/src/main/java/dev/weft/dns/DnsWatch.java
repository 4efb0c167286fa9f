package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service, looked up again and again. Decides which answers become its endpoints: a failure takes nothing away, and
 * a list that is empty or has lost more than half is believed only once answers have said so for a while.
 *
 * <p>Look-ups follow each other; what they change is confined to the resolver's thread.
 */
final class DnsWatch implements Resolver.Watch {
    private static final Logger log = LoggerFactory.getLogger(DnsWatch.class);
    private static final long BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long BACKOFF_MAX_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Between two look-ups, where an answer ends just after it was used. */
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final double NANOS_PER_SECOND = 1e9;

    /** How many answers at least say so before a loss is believed. */
    private static final int WITNESSES = 4;

    private final String name;
    private final Function<Boolean, CompletionStage<Found>> lookup;
    private final DnsTiming timing;
    private final DnsMeters meters;
    private final Executor executor;
    private final Resolver.Listener listener;
    private final Time time;
    private final Runnable unpublish;

    private final ReentrantLock telling = new ReentrantLock();
    private boolean closed;
    private Time.@Nullable Scheduled next;

    private volatile @Nullable List<Endpoint> known;
    private volatile long knownAt;
    private int failures;
    /** What was said last is to be asked for again, however long it holds. */
    private boolean doubtful;

    private boolean losing;
    private long losingSince;
    private String trouble = "";

    DnsWatch(
            String name,
            Function<Boolean, CompletionStage<Found>> lookup,
            DnsTiming timing,
            DnsMeters meters,
            Executor executor,
            Resolver.Listener listener) {
        this.name = name;
        this.lookup = lookup;
        this.timing = timing;
        this.meters = meters;
        this.executor = executor;
        this.listener = listener;
        this.time = timing.time();
        this.unpublish = meters.age(name, this::ageSeconds);
    }

    private double ageSeconds() {
        return known == null ? Double.NaN : (time.nanos() - knownAt) / NANOS_PER_SECOND;
    }

    void start() {
        executor.execute(this::look);
    }

    private void look() {
        CompletionStage<Found> found;
        try {
            found = lookup.apply(doubtful);
        } catch (RuntimeException e) {
            found = CompletableFuture.failedFuture(e);
        }
        found.whenCompleteAsync(this::heard, executor);
    }

    private void heard(@Nullable Found found, @Nullable Throwable failure) {
        long delay;
        try {
            delay = found == null
                    ? failed(DnsException.words(failure == null ? new IllegalStateException("no answer") : failure))
                    : answered(found);
        } catch (RuntimeException e) {
            log.error("{}: whoever is told of its endpoints failed; looking up goes on", name, e);
            delay = BACKOFF_MAX_NANOS;
        }
        telling.lock();
        try {
            if (!closed) {
                next = time.after(delay, () -> executor.execute(this::look));
            }
        } finally {
            telling.unlock();
        }
    }

    /** The nanoseconds until the next look-up, as of {@link #answered}. */
    private long failed(String reason) {
        meters.refreshed(name, DnsMeters.Refresh.FAILED);
        trouble(reason);
        return pause();
    }

    /** Until what failed is tried again. */
    private long pause() {
        long bound = Math.min(BACKOFF_MAX_NANOS, BACKOFF_NANOS << Math.min(failures++, 20));
        // The floor keeps an unlucky row of small numbers from becoming a loop without a pause.
        return BACKOFF_NANOS / 2 + timing.random().nextLong(bound);
    }

    private long answered(Found found) {
        List<Endpoint> before = known;
        List<Endpoint> endpoints = found.over(before == null ? List.of() : before);
        long now = time.nanos();
        int size = endpoints.size();
        boolean loss = before == null ? size == 0 : size * 2 < before.size();
        if (!loss) {
            losing = false;
        } else if (!losing) {
            losing = true;
            losingSince = now;
        }
        if (found.missing().isEmpty()) {
            failures = 0;
        }
        boolean believed = !losing || now - losingSince >= timing.confirmLossNanos();
        doubtful = size == 0 || !believed;
        meters.refreshed(name, believed ? DnsMeters.Refresh.OK : DnsMeters.Refresh.DOUBTED);
        long delay = Math.max(LEAST_NANOS, found.untilNanos() - now);
        if (believed) {
            losing = false;
            use(endpoints, found, now);
            long due = timing.jitter(size == 0 ? Math.min(DnsTiming.NEGATIVE_MAX_NANOS, delay) : delay);
            return found.missing().isEmpty() ? due : Math.min(due, pause());
        }
        trouble(
                before == null || size == 0
                        ? found.absent()
                        : "only " + size + " endpoints where " + before.size() + " were known, not believed yet");
        return timing.jitter(Math.min(delay, timing.confirmLossNanos() / WITNESSES));
    }

    private void use(List<Endpoint> endpoints, Found found, long now) {
        boolean news = !endpoints.equals(known);
        knownAt = now;
        known = endpoints;
        if (endpoints.isEmpty()) {
            if (news) {
                trouble = "";
                tell(() -> listener.endpoints(endpoints));
            }
            trouble(found.absent());
            return;
        }
        boolean over = !trouble.isEmpty() && found.missing().isEmpty();
        if (over) {
            trouble = "";
            log.info("{}: answered again, {} endpoints", name, endpoints.size());
        }
        if (news || over) {
            tell(() -> listener.endpoints(endpoints));
        }
        if (!found.missing().isEmpty()) {
            trouble("some could not be looked up: " + found.missing());
        }
    }

    /** Tells what is wrong, and logs it unless it was wrong before. */
    private void trouble(String reason) {
        List<Endpoint> inUse = known;
        String kept = inUse == null || inUse.isEmpty()
                ? ""
                : "; the last list (" + inUse.size() + " endpoints, "
                        + Duration.ofNanos(time.nanos() - knownAt).toSeconds() + " s old) stays in use";
        String told = "DNS: " + reason + kept;
        if (!reason.equals(trouble)) {
            trouble = reason;
            log.warn("{}: {}", name, told);
        }
        tell(() -> listener.failed(told));
    }

    private void tell(Runnable word) {
        telling.lock();
        try {
            if (!closed) {
                word.run();
            }
        } finally {
            telling.unlock();
        }
    }

    @Override
    public void close() {
        unpublish.run();
        telling.lock();
        try {
            closed = true;
            if (next != null) {
                next.cancel();
            }
        } finally {
            telling.unlock();
        }
    }
}
