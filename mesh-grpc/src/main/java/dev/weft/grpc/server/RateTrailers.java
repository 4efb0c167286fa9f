package dev.weft.grpc.server;

import dev.weft.call.RequestPart;
import dev.weft.grpc.Pushbacks;
import dev.weft.identity.CallerIds;
import dev.weft.rate.ServerRate;
import dev.weft.stack.CallKey;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** Calls that come too fast are told when the next may come. */
final class RateTrailers {
    private RateTrailers() {}

    /** What to refuse a call with; null where it is handled. */
    static @Nullable Metadata refuses(ServerRate rate, ServerCall<?, ?> call, Metadata headers, Context context) {
        String path = "/" + call.getMethodDescriptor().getFullMethodName();
        CallKey.Reader<ServerCall<?, ?>> reader = (asked, part, name) -> read(asked, headers, path, part, name);
        long wait = rate.refuses("POST", path, call, context, reader);
        if (wait == 0) {
            return null;
        }
        Metadata trailers = new Metadata();
        trailers.put(Pushbacks.KEY, Long.toString(Math.min(Integer.MAX_VALUE, wait / 1_000_000 + 1)));
        return trailers;
    }

    private static @Nullable String read(
            ServerCall<?, ?> call, Metadata headers, String path, RequestPart part, String name) {
        return switch (part) {
            case HEADER -> MetadataGetter.INSTANCE.get(headers, name);
            case PATH -> path;
            case METHOD -> "POST";
            case COOKIE -> null;
            case CALLER -> CallerIds.of(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        };
    }
}
