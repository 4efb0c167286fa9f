package dev.weft.grpc;

import dev.weft.admission.Refusal;
import dev.weft.call.Pushback;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code grpc-retry-pushback-ms}: wait exactly so long; what is negative or no number forbids to try again. */
public final class Pushbacks {
    /** In trailers. */
    public static final Metadata.Key<String> KEY =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    /** Do not try again. */
    public static final String FORBIDDEN = "-1";

    /** In trailers: the application has not seen the call, and why. */
    public static final Metadata.Key<String> REFUSED = Metadata.Key.of(Refusal.MARK, Metadata.ASCII_STRING_MARSHALLER);

    private Pushbacks() {}

    /** Whether the server refused the call for overload before its application saw it. */
    static boolean overloaded(Status status, @Nullable Metadata trailers) {
        return status.getCode() == Status.Code.UNAVAILABLE && trailers != null && trailers.containsKey(REFUSED);
    }

    static Pushback in(@Nullable Metadata trailers) {
        String said = trailers == null ? null : trailers.get(KEY);
        if (trailers == null || said == null) {
            return Pushback.NONE;
        }
        try {
            int millis = Integer.parseInt(said);
            if (millis >= 0 && trailers.containsKey(REFUSED)) {
                // It is this server that asks for a rest, and the balancer that gives it one.
                return Pushback.NONE;
            }
            return millis < 0 ? Pushback.FORBIDDEN : Pushback.waitFor(TimeUnit.MILLISECONDS.toNanos(millis));
        } catch (NumberFormatException e) {
            return Pushback.FORBIDDEN;
        }
    }
}
