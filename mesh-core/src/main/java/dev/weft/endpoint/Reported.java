package dev.weft.endpoint;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A node's last load report, and since when it reports without a break.
 *
 * @param sinceNanos when it began to, on the monotonic clock
 * @param atNanos when it said this
 */
public record Reported(LoadReport report, long sinceNanos, long atNanos) {
    /** How long a report counts (gRFC A58). */
    private static final long EXPIRY_NANOS = TimeUnit.MINUTES.toNanos(3);
    /** A server that has only begun to report says little of what it will bear (gRFC A58). */
    private static final long BLACKOUT_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** How often a node is listened to. */
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    static Reported after(@Nullable Reported before, LoadReport report, long nowNanos) {
        long since = before == null || before.expired(nowNanos) ? nowNanos : before.sinceNanos;
        return new Reported(report, since, nowNanos);
    }

    boolean due(long nowNanos) {
        return nowNanos - atNanos >= PACE_NANOS;
    }

    private boolean expired(long nowNanos) {
        return nowNanos - atNanos >= EXPIRY_NANOS;
    }

    /** Whether one may go by it: the node has reported for a while, and lately. */
    public boolean counts(long nowNanos) {
        return !expired(nowNanos) && nowNanos - sinceNanos >= BLACKOUT_NANOS;
    }
}
