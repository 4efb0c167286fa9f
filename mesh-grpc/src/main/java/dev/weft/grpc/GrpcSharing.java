package dev.weft.grpc;

import dev.weft.call.Call;
import dev.weft.call.Sharing;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Unary requests are the same if method, authority, message, all metadata and the baggage that goes with them are, and what
 * bounds their answers; only what traces them may differ. Call credentials are asked for each attempt anew, so what has any
 * shares nothing.
 */
final class GrpcSharing implements Sharing<Answer> {
    @Override
    public @Nullable Object key(Call call) {
        Outgoing<?> request = (Outgoing<?>) call.request();
        MethodDescriptor<?, ?> method = request.method;
        CallOptions options = request.options;
        if (method.getType() != MethodDescriptor.MethodType.UNARY
                || !method.isSafe()
                || options.getCredentials() != null) {
            return null;
        }
        Bytes message = request.message();
        if (message == null) {
            return null;
        }
        return new Question(
                method.getFullMethodName(),
                message.view(),
                metadata(request.headers),
                Baggage.fromContext(call.context()).asMap(),
                // Null where the stub says nothing.
                Arrays.asList(
                        options.getAuthority(),
                        options.getCompressor(),
                        options.getMaxInboundMessageSize(),
                        options.getMaxOutboundMessageSize(),
                        request.waitForReady));
    }

    /** Names and values. */
    private static List<Object> metadata(Metadata headers) {
        List<Object> said = new ArrayList<>();
        for (String name : headers.keys()) {
            if (!Sharing.tracing(name)) {
                said.add(name);
                if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                    values(headers, Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER))
                            .forEach(value -> said.add(ByteBuffer.wrap(value)));
                } else {
                    values(headers, Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER))
                            .forEach(said::add);
                }
            }
        }
        return said;
    }

    private static <T> Iterable<T> values(Metadata headers, Metadata.Key<T> key) {
        Iterable<T> values = headers.getAll(key);
        return values == null ? List.of() : values;
    }

    @Override
    public Object request(Call call) {
        return ((Outgoing<?>) call.request()).copy();
    }

    /** It has come whole already. */
    @Override
    public void read(Answer answer, long mostBytes, Consumer<@Nullable Supplier<Answer>> then) {
        WholeAnswer whole = answer.whole();
        Bytes message = whole.message();
        then.accept(message == null || message.available() <= mostBytes ? () -> whole : null);
    }

    /** What is asked. */
    private record Question(
            String method,
            ByteBuffer message,
            List<Object> metadata,
            Map<String, BaggageEntry> baggage,
            List<@Nullable Object> options) {
        /** Without what is secret. */
        @Override
        public String toString() {
            return method;
        }
    }
}
