package dev.weft.http;

import dev.weft.admission.Refusal;
import dev.weft.call.Pushback;
import dev.weft.time.Time;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What an answer asks of whoever would retry: {@code Retry-After} as a minimum (seconds or a date), {@code Mesh-Retry:
 * no} and Envoy's {@code x-envoy-overloaded} as a ban. What is malformed or negative is ignored.
 */
final class RetryHints {
    /** {@code no}: whoever answered has used its own retries up, or knows that another attempt is in vain. */
    static final String RETRY_HEADER = "Mesh-Retry";

    static final String NO = "no";

    private static final String RETRY_AFTER = "Retry-After";
    private static final String ENVOY_OVERLOADED = "x-envoy-overloaded";
    /** Clients that were told the same do not come back at the same moment. */
    private static final double SPREAD = 0.5;

    private final Time time;
    private final RandomGenerator random;

    RetryHints(Time time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    Pushback of(Response response) {
        String retry = response.header(RETRY_HEADER);
        if ((retry != null && retry.trim().equalsIgnoreCase(NO)) || response.header(ENVOY_OVERLOADED) != null) {
            return Pushback.FORBIDDEN;
        }
        if (response.header(Refusal.MARK) != null) {
            // It is this server that asks for a rest, and the balancer that gives it one.
            return Pushback.NONE;
        }
        long millis = waitMillis(response, response.header(RETRY_AFTER));
        if (millis < 0) {
            return Pushback.NONE;
        }
        return Pushback.rest((long) (TimeUnit.MILLISECONDS.toNanos(millis) * (1 + SPREAD * random.nextDouble())));
    }

    /** Negative where there is none. */
    private long waitMillis(Response response, @Nullable String value) {
        if (value == null || value.isEmpty()) {
            return -1;
        }
        if (value.length() <= 9 && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return TimeUnit.SECONDS.toMillis(Long.parseLong(value));
        }
        Date date = response.headers().getDate(RETRY_AFTER);
        return date == null ? -1 : date.toInstant().toEpochMilli() - time.now().toEpochMilli();
    }
}
