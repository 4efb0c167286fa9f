package dev.weft.grpc;

import dev.weft.endpoint.LoadSignal;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** How a {@link LoadSignal} is asked for, in headers, and told, in trailers. */
public final class LoadTrailer {
    private static final Metadata.Key<String> KEY =
            Metadata.Key.of(LoadSignal.HEADER, Metadata.ASCII_STRING_MARSHALLER);

    private LoadTrailer() {}

    static void ask(Metadata headers) {
        headers.discardAll(KEY);
        headers.put(KEY, LoadSignal.ASK);
    }

    /** Whether the caller wants to know. */
    public static boolean asked(Metadata headers) {
        return LoadSignal.ASK.equals(headers.get(KEY));
    }

    public static void tell(Metadata trailers, LoadSignal load) {
        trailers.discardAll(KEY);
        trailers.put(KEY, load.text());
    }

    static @Nullable LoadSignal in(@Nullable Metadata trailers) {
        return trailers == null ? null : LoadSignal.parse(trailers.get(KEY));
    }
}
