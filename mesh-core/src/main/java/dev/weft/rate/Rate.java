package dev.weft.rate;

import java.time.Duration;

/**
 * So many in so long a time: {@code 100/s}.
 *
 * @param count 1 or more; 0 for no limit at all
 * @param per the unit of time
 */
public record Rate(long count, Duration per) {
    /** No limit. */
    public static final Rate OFF = new Rate(0, Duration.ofSeconds(1));

    boolean isOff() {
        return count == 0;
    }

    /** Nanoseconds from one to the next, rounded up: never more than was said. Not for {@link #OFF}. */
    long periodNanos() {
        return (per.toNanos() + count - 1) / count;
    }
}
