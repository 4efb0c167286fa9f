package dev.weft.http;

import dev.weft.admission.Refusal;
import dev.weft.call.Verdict;
import okhttp3.Response;

/** What a status means. */
final class Verdicts {
    private Verdicts() {}

    static Verdict of(Response response) {
        boolean refused = response.code() == 503 && response.header(Refusal.MARK) != null;
        return refused ? Verdict.OVERLOADED : of(response.code());
    }

    private static Verdict of(int status) {
        return switch (status) {
            // Too early (RFC 8470): the server would not act on a request that may be a replay.
            case 425 -> Verdict.REFUSED;
            case 429 -> Verdict.THROTTLED;
            case 502, 503, 504 -> Verdict.UNAVAILABLE;
            default -> status < 400 ? Verdict.OK : status < 500 ? Verdict.CALLER_ERROR : Verdict.SERVER_ERROR;
        };
    }
}
