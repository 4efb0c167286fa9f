package dev.weft.call;

import java.util.Locale;

/** How a logical call ended; every call has exactly one. The label of metrics, spans and logs. */
public enum Fate {
    SUCCESS,
    SUCCESS_AFTER_RETRY,
    SUCCESS_BY_HEDGE,
    FALLBACK,
    /** The last answer was a failure that must not be tried again. */
    FAILED_NOT_RETRYABLE,
    /** Every allowed attempt failed. */
    FAILED_ATTEMPTS_EXHAUSTED,
    /** The retry budget was empty. */
    FAILED_BUDGET,
    FAILED_DEADLINE,
    REJECTED_BREAKER,
    REJECTED_LIMIT,
    REJECTED_RATE,
    REJECTED_AUTHZ,
    NO_ENDPOINT,
    CANCELLED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** Lower case with underscores. */
    public String label() {
        return label;
    }

    public boolean success() {
        return compareTo(FALLBACK) <= 0;
    }
}
