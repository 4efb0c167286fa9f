package dev.weft.identity;

import dev.weft.time.Time;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The identity in use now: the last one that the source gave. All TLS of a mesh, as a client and as a server, reads
 * it here for each new connection. Thread-safe.
 */
public final class Keyring implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Keyring.class);

    /** Nobody waits for the end of a certificate that lives for years, and nanoseconds end after 292. */
    private static final Duration LONGEST_REMINDER = Duration.ofDays(400);

    private final IdentitySource source;
    private final Time time;
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private volatile @Nullable Identity current;
    private volatile @Nullable String trouble;
    private final AtomicLong rotations = new AtomicLong();
    private volatile TlsMeters meters;
    private Time.@Nullable Scheduled reminder;

    public Keyring(IdentitySource source, Time time) {
        this.source = source;
        this.time = time;
        // Of no registry at all: counts for nobody.
        this.meters = new TlsMeters(new CompositeMeterRegistry(), this);
    }

    /** Publishes the metrics of identity and TLS from now on. */
    public void publish(MeterRegistry registry) {
        meters.close();
        meters = new TlsMeters(registry, this);
    }

    TlsMeters meters() {
        return meters;
    }

    /** Begins to watch the source; called once. */
    public void start() {
        source.start(new Arrivals());
    }

    /** The identity in use, or null before the first one came. */
    public @Nullable Identity current() {
        return current;
    }

    /** Why the source could not give an identity last time, if it could not. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** The source's name. */
    public String source() {
        return source.name();
    }

    /** How often the identity was replaced by another. */
    public long rotations() {
        return rotations.get();
    }

    double remainingSeconds() {
        Identity identity = current;
        return identity == null
                ? Double.NaN
                : Duration.between(time.now(), identity.leaf().getNotAfter().toInstant())
                        .toSeconds();
    }

    /**
     * Has {@code watcher} run after each change of the identity, on the source's thread: the moment to stop using
     * connections made before. New connections take the new identity by themselves.
     */
    public void onRotated(Runnable watcher) {
        watchers.add(watcher);
    }

    public void removeOnRotated(Runnable watcher) {
        watchers.remove(watcher);
    }

    /** Whether there is an identity that a connection that is opened now can show. */
    public boolean usable() {
        Identity identity = current;
        return identity != null
                && !time.now().isAfter(identity.leaf().getNotAfter().toInstant());
    }

    /** The identity for a new connection, or the reason why there can be none. */
    Identity require() throws NoIdentity {
        Identity identity = current;
        if (identity == null) {
            throw new NoIdentity("no identity yet: waiting for " + source.name() + because());
        }
        Instant until = identity.leaf().getNotAfter().toInstant();
        if (time.now().isAfter(until)) {
            throw new NoIdentity("our own certificate, " + identity.id() + ", expired at " + until
                    + " and was not renewed by " + source.name() + because());
        }
        return identity;
    }

    private String because() {
        String reason = trouble;
        return reason == null ? "" : ", which says: " + reason;
    }

    @Override
    public void close() {
        source.close();
        meters.close();
        Time.Scheduled waiting = reminder;
        if (waiting != null) {
            waiting.cancel();
        }
    }

    /** What the source tells; never twice at a time. */
    private final class Arrivals implements IdentitySource.Listener {
        @Override
        public void identity(Identity identity) {
            Identity before = current;
            trouble = null;
            if (before != null
                    && before.chain().equals(identity.chain())
                    && before.roots().equals(identity.roots())) {
                return;
            }
            current = identity;
            if (before != null) {
                rotations.incrementAndGet();
            }
            log.info("{} from {}", before == null ? "identity " + identity : "rotated to " + identity, source.name());
            remind(identity);
            watchers.forEach(Runnable::run);
        }

        @Override
        public void failed(String reason) {
            if (reason.equals(trouble)) {
                return;
            }
            trouble = reason;
            Identity kept = current;
            if (kept == null) {
                log.warn("no identity yet from {}: {}", source.name(), reason);
            } else {
                log.warn("{}: {}; keeping {}", source.name(), reason, kept);
            }
        }

        /** Speaks up when four fifths of the life are over and no successor has come. */
        private void remind(Identity identity) {
            if (reminder != null) {
                reminder.cancel();
            }
            Instant until = identity.leaf().getNotAfter().toInstant();
            Duration life = Duration.between(identity.leaf().getNotBefore().toInstant(), until);
            Duration left = Duration.between(time.now(), until.minus(life.dividedBy(5)));
            if (left.compareTo(LONGEST_REMINDER) > 0) {
                return;
            }
            reminder = time.after(
                    Math.max(0, left.toNanos()),
                    () -> log.warn(
                            "our certificate ends at {} and was not renewed by {}{}", until, source.name(), because()));
        }
    }
}
