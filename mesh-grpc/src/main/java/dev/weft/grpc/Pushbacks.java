package dev.weft.grpc;

import dev.weft.call.Pushback;
import io.grpc.Metadata;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code grpc-retry-pushback-ms}: wait exactly so long; what is negative or no number forbids to try again. */
public final class Pushbacks {
    /** In trailers. */
    public static final Metadata.Key<String> KEY =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);
    /** Do not try again. */
    public static final String FORBIDDEN = "-1";

    private Pushbacks() {}

    static Pushback in(@Nullable Metadata trailers) {
        String said = trailers == null ? null : trailers.get(KEY);
        if (said == null) {
            return Pushback.NONE;
        }
        try {
            int millis = Integer.parseInt(said);
            return millis < 0 ? Pushback.FORBIDDEN : Pushback.waitFor(TimeUnit.MILLISECONDS.toNanos(millis));
        } catch (NumberFormatException e) {
            return Pushback.FORBIDDEN;
        }
    }
}
