package dev.weft.bench.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Unary calls over a {@link Channel}, be it gRPC's own or one with a mesh behind it.
 *
 * @param deadlineNanos of each call; 0 for none
 */
public record Unary(Channel channel, long deadlineNanos, boolean blocking) implements Client {
    /** As generated code would have it. */
    public static final MethodDescriptor<StringValue, BytesValue> STOCK =
            MethodDescriptor.<StringValue, BytesValue>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("inventory.Inventory/Stock")
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                    .build();

    public static final BytesValue ANSWER = BytesValue.of(ByteString.copyFromUtf8("x".repeat(128)));
    public static final StringValue REQUEST = StringValue.of("7");

    private CallOptions options() {
        return deadlineNanos == 0
                ? CallOptions.DEFAULT
                : CallOptions.DEFAULT.withDeadlineAfter(deadlineNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void call(Done done) {
        if (!blocking) {
            ClientCalls.asyncUnaryCall(channel.newCall(STOCK, options()), REQUEST, new Telling(done));
            return;
        }
        BytesValue answer;
        try {
            answer = ClientCalls.blockingUnaryCall(channel, STOCK, options(), REQUEST);
        } catch (RuntimeException e) {
            done.done(e);
            return;
        }
        done.done(wrong(answer));
    }

    private static @Nullable Throwable wrong(BytesValue answer) {
        return answer.getValue().size() == ANSWER.getValue().size()
                ? null
                : new IOException("answered " + answer.getValue().size() + " bytes");
    }

    private static final class Telling implements StreamObserver<BytesValue> {
        private final Done done;
        private @Nullable BytesValue answer;

        Telling(Done done) {
            this.done = done;
        }

        @Override
        public void onNext(BytesValue message) {
            answer = message;
        }

        @Override
        public void onError(Throwable thrown) {
            done.done(thrown);
        }

        @Override
        public void onCompleted() {
            BytesValue whole = answer;
            done.done(whole == null ? new IOException("no answer") : wrong(whole));
        }
    }
}
