package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.TimeoutHeader;
import dev.weft.observe.Propagation;
import dev.weft.time.Time;
import io.grpc.Metadata;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Tells the next process what it must know of an attempt: what time is left, trace, baggage, which attempt. Thread-safe. */
final class AttemptHeaders implements TextMapSetter<Metadata> {
    private static final Metadata.Key<String> TIMEOUT = key(TimeoutHeader.NAME);
    /** As gRPC has it: how many attempts came before. */
    private static final Metadata.Key<String> PREVIOUS = key("grpc-previous-rpc-attempts");
    /** {@code 2;reason=lost}, as over HTTP. */
    private static final Metadata.Key<String> ATTEMPT = key("mesh-attempt");
    /** Propagators have few names; one that makes names from data must not fill the memory. */
    private static final int MAX_KEYS = 64;

    private final Propagation propagation;
    private final ConcurrentMap<String, Metadata.Key<String>> keys = new ConcurrentHashMap<>();

    AttemptHeaders(Propagation propagation) {
        this.propagation = propagation;
    }

    /** @param toldNanos the time that the server is given; {@link Time#NEVER_NANOS} for any */
    Metadata of(Call attempt, Outgoing<?> request, long toldNanos) {
        Metadata headers = new Metadata();
        headers.merge(request.headers);
        headers.discardAll(TIMEOUT);
        if (toldNanos != Time.NEVER_NANOS) {
            headers.put(TIMEOUT, TimeoutHeader.format(toldNanos));
        }
        Call previous = attempt.previous();
        if (previous != null) {
            int seen = seen(previous);
            if (seen > 0) {
                put(headers, PREVIOUS, String.valueOf(seen));
            }
            put(
                    headers,
                    ATTEMPT,
                    attempt.number() + ";reason=" + previous.verdict().label());
        }
        propagation.inject(attempt.context(), headers, this);
        return headers;
    }

    /** How many attempts, back from the last, may have reached a server's application. */
    private static int seen(@Nullable Call last) {
        int seen = 0;
        for (Call made = last; made != null; made = made.previous()) {
            seen += made.verdict().notApplied() ? 0 : 1;
        }
        return seen;
    }

    @Override
    public void set(@Nullable Metadata headers, String name, String value) {
        if (headers == null) {
            return;
        }
        try {
            Metadata.Key<String> known = keys.get(name);
            if (known == null) {
                known = key(name);
                if (keys.size() < MAX_KEYS) {
                    keys.put(name, known);
                }
            }
            put(headers, known, value);
        } catch (IllegalArgumentException e) {
            // No name that a header can have; the call goes without it.
            return;
        }
    }

    private static void put(Metadata headers, Metadata.Key<String> key, String value) {
        headers.discardAll(key);
        headers.put(key, value);
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
