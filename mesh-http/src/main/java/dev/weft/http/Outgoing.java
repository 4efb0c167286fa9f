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

    Outgoing(Propagation propagation) {
        this.propagation = propagation;
    }

    Request request(Call attempt) {
        Request.Builder builder = ((Request) attempt.request()).newBuilder();
        if (attempt.hasDeadline()) {
            builder.header(TIMEOUT_HEADER, TimeoutHeader.format(attempt.remainingNanos(attempt.startNanos())));
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
}
