package dev.weft.rate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.weft.stack.ServiceState;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One limit: a {@link Gcra} for each key, and one for all that has none. Thread-safe; whoever comes without a key causes no
 * allocation.
 *
 * <p>It remembers so many keys; one that has not been seen for long is forgotten, and begins with a whole burst when it
 * comes again. A long key is remembered by its digest.
 */
final class RateLimiter implements RateShares.Party, ServiceState.Closeable {
    static final int MOST_KEYS = 10_000;
    private static final int LONGEST_KEY = 128;

    private final Rate rate;
    private final int burst;
    private final Gcra keyless;
    private final Cache<String, Gcra> byKey =
            Caffeine.newBuilder().maximumSize(MOST_KEYS).executor(Runnable::run).build();
    private final LongAdder asked = new LongAdder();
    private final boolean shared;
    private volatile Terms terms;
    private @Nullable AutoCloseable lease;

    /** What is this process's own of the limit. */
    private record Terms(double share, long periodNanos, long toleranceNanos) {}

    private RateLimiter(Rate rate, int burst, boolean shared, long nowNanos) {
        this.rate = rate;
        this.burst = burst;
        this.shared = shared;
        this.keyless = new Gcra(nowNanos);
        this.terms = terms(1);
    }

    /** Of this process alone. */
    static RateLimiter alone(Rate rate, int burst, long nowNanos) {
        return new RateLimiter(rate, burst, false, nowNanos);
    }

    /** This process's part of the limit of that name. */
    static RateLimiter shared(Rate rate, int burst, long nowNanos, RateShares shares, String name) {
        RateLimiter limiter = new RateLimiter(rate, burst, true, nowNanos);
        limiter.lease = shares.lease(name, limiter);
        return limiter;
    }

    private Terms terms(double share) {
        double period = rate.periodNanos() / share;
        double ahead = (Math.max(1, Math.floor(burst * share)) - 1) * period;
        return new Terms(share, (long) Math.ceil(period), (long) Math.min(ahead, Long.MAX_VALUE / 4.0));
    }

    /** Lets one through, which is 0, or says how many nanoseconds from now the next may go. */
    long tryTake(@Nullable String key, long nowNanos) {
        if (shared) {
            asked.increment();
        }
        Terms now = terms;
        Gcra gcra = key == null ? keyless : of(key, nowNanos);
        return gcra.tryTake(nowNanos, now.periodNanos, now.toleranceNanos);
    }

    private Gcra of(String key, long nowNanos) {
        String known = key.length() > LONGEST_KEY ? digest(key) : key;
        Gcra gcra = byKey.getIfPresent(known);
        return gcra != null ? gcra : byKey.get(known, fresh -> new Gcra(nowNanos));
    }

    private static String digest(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** How many keys it remembers. */
    long keys() {
        byKey.cleanUp();
        return byKey.estimatedSize();
    }

    /** How many may go in a second, by this process's share. */
    double perSecond() {
        return 1e9 / terms.periodNanos;
    }

    @Override
    public long asked() {
        return asked.sum();
    }

    @Override
    public void share(double share) {
        if (share <= 0 || share > 1 || Double.isNaN(share)) {
            throw new IllegalArgumentException("a share of " + share + " of a limit is not more than 0 and at most 1");
        }
        if (share != terms.share) {
            terms = terms(share);
        }
    }

    @Override
    public void close() {
        AutoCloseable ending = lease;
        if (ending == null) {
            return;
        }
        try {
            ending.close();
        } catch (Exception e) {
            throw new IllegalStateException("the share cannot be given back", e);
        }
    }

    /** For messages: the limit as policy writes it. */
    String words() {
        return new RateType().render(rate) + (shared ? ", of which this process has " + percent() : "");
    }

    private String percent() {
        return Math.round(terms.share * 100) + " %";
    }
}
