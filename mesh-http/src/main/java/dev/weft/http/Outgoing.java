package dev.weft.http;

import dev.weft.call.Call;
import dev.weft.call.TimeoutHeader;
import dev.weft.observe.Propagation;
import io.opentelemetry.context.propagation.TextMapSetter;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Writes into an attempt's request what the next process must know: what time is left, trace, baggage, which attempt. */
final class Outgoing implements TextMapSetter<Request.Builder> {
    /** {@code 2;reason=lost}: the attempt's number, from 2 on, and why there is another. */
    static final String ATTEMPT_HEADER = "Mesh-Attempt";

    private static final String TIMEOUT_HEADER = "Grpc-Timeout";

    private final Propagation propagation;
    private final HttpsUrls https = new HttpsUrls();
    private volatile Told last = new Told(0, TimeoutHeader.format(0));

    Outgoing(Propagation propagation) {
        this.propagation = propagation;
    }

    /**
     * @param nowNanos when it goes out
     * @param upgraded whether it goes out by https, whatever its URL says
     * @param marginNanos taken off the time that is told
     */
    Request request(Call attempt, long nowNanos, boolean upgraded, long marginNanos) {
        Request asked = (Request) attempt.request();
        Request.Builder builder = asked.newBuilder();
        if (upgraded && !asked.isHttps()) {
            builder.url(https.of(asked.url()));
        }
        if (attempt.hasDeadline()) {
            long left = TimeoutHeader.told(attempt.remainingNanos(nowNanos), marginNanos);
            builder.header(TIMEOUT_HEADER, told(left));
        }
        Call previous = attempt.previous();
        if (previous != null) {
            builder.header(
                    ATTEMPT_HEADER,
                    attempt.number() + ";reason=" + previous.verdict().label());
        }
        propagation.inject(attempt.context(), builder, this);
        return builder.build();
    }

    /** First attempts of one kind have the same time left to the nanosecond: nearly always the text of the last one. */
    private String told(long leftNanos) {
        Told seen = last;
        if (seen.nanos != leftNanos) {
            seen = new Told(leftNanos, TimeoutHeader.format(leftNanos));
            last = seen;
        }
        return seen.text;
    }

    @Override
    public void set(Request.@Nullable Builder request, String name, String value) {
        if (request == null) {
            return;
        }
        try {
            request.header(name, value);
        } catch (IllegalArgumentException e) {
            // Baggage can hold what a header cannot; the call goes without it.
            return;
        }
    }

    private record Told(long nanos, String text) {}
}
