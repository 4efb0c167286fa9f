package dev.weft.call;

import org.jspecify.annotations.Nullable;

/**
 * What is left of a deadline, as a header says it: gRPC's {@code grpc-timeout}, which Weft uses over HTTP too, and
 * Envoy's milliseconds. Relative, so that clocks need not agree. From outside comes anything: what is not well
 * formed is no timeout, never an error.
 */
public final class TimeoutHeader {
    /** One to eight digits and a unit of {@code H M S m u n}. */
    public static final String NAME = "grpc-timeout";
    /** Plain milliseconds; read where {@link #NAME} is absent. */
    public static final String ENVOY_NAME = "x-envoy-expected-rq-timeout-ms";

    /** What the parsers answer to what is no timeout. */
    public static final long NONE = -1;

    private static final int MAX_DIGITS = 8;
    private static final long FIRST_TOO_LARGE = 100_000_000;
    private static final String UNITS = "numSMH";
    private static final long[] UNIT_NANOS = {1, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000L, 3_600_000_000_000L};

    private TimeoutHeader() {}

    /** The nanoseconds of a {@code grpc-timeout}; {@link #NONE} where it is absent or malformed. */
    public static long parse(@Nullable String header) {
        if (header == null || header.length() < 2 || header.length() > MAX_DIGITS + 1) {
            return NONE;
        }
        int last = header.length() - 1;
        int unit = UNITS.indexOf(header.charAt(last));
        long digits = digits(header, last);
        return unit < 0 || digits < 0 ? NONE : saturated(digits, UNIT_NANOS[unit]);
    }

    /** The nanoseconds of Envoy's header; {@link #NONE} where it is absent, malformed or zero, its word for none. */
    public static long parseEnvoy(@Nullable String header) {
        if (header == null || header.isEmpty() || header.length() > 18) {
            return NONE;
        }
        long digits = digits(header, header.length());
        return digits <= 0 ? NONE : saturated(digits, 1_000_000);
    }

    /**
     * What the next process is told of the time that is left: less a margin for the way back, of which there is never
     * more than half. Told of none, a healthy server would refuse what it could have answered.
     */
    public static long told(long leftNanos, long marginNanos) {
        return Math.max(leftNanos - marginNanos, leftNanos / 2);
    }

    /** In the finest unit whose digits suffice, rounded down, so that a hop can only shorten; never negative. */
    public static String format(long nanos) {
        long left = Math.max(0, nanos);
        int unit = 0;
        while (left / UNIT_NANOS[unit] >= FIRST_TOO_LARGE) {
            unit++;
        }
        return left / UNIT_NANOS[unit] + UNITS.substring(unit, unit + 1);
    }

    private static long digits(String header, int end) {
        long value = 0;
        for (int i = 0; i < end; i++) {
            int digit = header.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return NONE;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static long saturated(long amount, long unitNanos) {
        return amount > Long.MAX_VALUE / unitNanos ? Long.MAX_VALUE : amount * unitNanos;
    }
}
