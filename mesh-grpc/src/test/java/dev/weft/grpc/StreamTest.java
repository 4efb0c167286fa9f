package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamTest {
    private final List<String> heard = new ArrayList<>();
    private final Stream stream = new Stream();

    /** gRPC does not start what was cancelled: it throws, and the stream would seem to be our mistake. */
    @Test
    void whatIsGivenUpWhileItStartsIsCancelledOnceItHas() {
        stream.start(
                new Fake(),
                Replica.GET.toBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER).build(),
                CallOptions.DEFAULT,
                new ClientCall.Listener<>() {},
                new Metadata());

        assertThat(heard).containsExactly("started", "cancelled");
    }

    /** A channel whose calls are given up, by their deadline perhaps, just when they start. */
    private final class Fake extends ManagedChannel {
        @Override
        @SuppressWarnings("unchecked") // of bytes, as asked
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            return (ClientCall<Q, A>) new FakeCall();
        }

        @Override
        public ConnectivityState getState(boolean requestConnection) {
            return ConnectivityState.READY;
        }

        @Override
        public String authority() {
            return "inventory";
        }

        @Override
        public ManagedChannel shutdown() {
            return this;
        }

        @Override
        public ManagedChannel shutdownNow() {
            return this;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private final class FakeCall extends ClientCall<InputStream, InputStream> {
        @Override
        public void start(Listener<InputStream> listener, Metadata headers) {
            stream.cancel();
            heard.add("started");
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {
            heard.add("cancelled");
        }

        @Override
        public void request(int messages) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(InputStream message) {}
    }
}
