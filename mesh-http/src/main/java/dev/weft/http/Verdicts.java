package dev.weft.http;

import dev.weft.call.Verdict;

/** What a status means. */
final class Verdicts {
    private Verdicts() {}

    static Verdict of(int status) {
        return switch (status) {
            // Too early (RFC 8470): the server would not act on a request that may be a replay.
            case 425 -> Verdict.REFUSED;
            case 429 -> Verdict.THROTTLED;
            case 502, 503, 504 -> Verdict.UNAVAILABLE;
            default -> status < 400 ? Verdict.OK : status < 500 ? Verdict.CALLER_ERROR : Verdict.SERVER_ERROR;
        };
    }
}
