package dev.weft.time;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/**
 * Everything Weft knows of time: a monotonic clock, a timer, a way to wait, and the date.
 *
 * <p>It is the only place that reads a clock. Durations and deadlines are monotonic nanoseconds, so a
 * change of the machine's date moves none of them. Implementations are safe for use by any thread.
 */
public interface Time {
    /** A moment that never comes; a delay that never passes. */
    long NEVER_NANOS = Long.MAX_VALUE;

    /** About 146 years: of moments no farther than this from now one can tell which is the earlier. */
    Duration FARTHEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    /** Monotonic nanoseconds from an arbitrary origin; compare by subtraction only. */
    long nanos();

    /** The date, for certificates, HTTP dates and files; never for measuring. */
    Instant now();

    /**
     * Runs {@code task} once, {@code delayNanos} from now, on a timer thread; a delay of zero or less is
     * as soon as possible, one beyond {@link #FARTHEST} is that. The task must be short and must not block.
     */
    Scheduled after(long delayNanos, Runnable task);

    /**
     * Holds the calling thread until {@code done} is true or {@link #nanos()} has reached {@code
     * untilNanos}, for ever at {@link #NEVER_NANOS}. Whoever makes {@code done} true unparks the thread. Returns early,
     * with the thread's interrupt flag set, when the thread is interrupted.
     */
    void park(BooleanSupplier done, long untilNanos);

    /** A task that has not run yet. */
    interface Scheduled {
        /** Takes the task back; without effect once it runs. */
        void cancel();
    }

    /** The moment {@code delayNanos} after {@code nanos}; a delay beyond {@link #FARTHEST} is cut to it. */
    static long plus(long nanos, long delayNanos) {
        return nanos + Math.max(-Long.MAX_VALUE / 2, Math.min(Long.MAX_VALUE / 2, delayNanos));
    }

    /** A duration in nanoseconds, cut to {@link #FARTHEST} either way. */
    static long inNanos(Duration duration) {
        if (duration.compareTo(FARTHEST) >= 0) {
            return FARTHEST.toNanos();
        }
        return duration.compareTo(FARTHEST.negated()) <= 0 ? -FARTHEST.toNanos() : duration.toNanos();
    }

    /** The real clock; all users share one daemon timer thread. */
    static Time system() {
        return SystemTime.INSTANCE;
    }
}
