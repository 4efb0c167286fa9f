package dev.weft.http.server;

import dev.weft.call.Deadline;
import dev.weft.call.RetriesSpent;
import dev.weft.observe.Propagation;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;

/** A request that came in: the context it is handled in, and what its answer must say. */
record Arrival(Context context, RetriesSpent retries) {
    /** Tells a caller not to try again. */
    static final String RETRY_HEADER = "Mesh-Retry";

    static final String NO = "no";
    static final int TOO_LATE_STATUS = 504;

    static <C> Arrival of(C request, TextMapGetter<C> headers, Propagation propagation, Time time) {
        RetriesSpent retries = new RetriesSpent();
        Context context = propagation.extract(Context.current(), request, headers, time);
        return new Arrival(retries.storeIn(context), retries);
    }

    /** Nobody waits for the answer any more. */
    boolean expired() {
        Deadline deadline = Deadline.in(context);
        return deadline != null && deadline.passed();
    }

    /** Whether an answer of that status must carry the mark: we tried again for it, in vain. */
    boolean forbidsRetry(int status) {
        return status >= 500 && retries.spent();
    }
}
