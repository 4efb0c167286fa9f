package dev.weft.simulator.world;

import dev.weft.call.Verdict;

/**
 * What a server says.
 *
 * @param status as HTTP has it
 * @param mayRetry whether another attempt is not forbidden
 * @param retryAfterNanos when to come again; negative where it does not say
 */
record Answer(int status, boolean mayRetry, long retryAfterNanos) {
    static final Answer OK = new Answer(200, true, -1);
    static final Answer OVERLOADED = new Answer(503, true, -1);

    /** What the HTTP transport makes of such a status. */
    Verdict verdict() {
        return switch (status) {
            case 429 -> Verdict.THROTTLED;
            case 502, 503, 504 -> Verdict.UNAVAILABLE;
            default -> status < 400 ? Verdict.OK : status < 500 ? Verdict.CALLER_ERROR : Verdict.SERVER_ERROR;
        };
    }
}
