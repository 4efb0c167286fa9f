package dev.weft.grpc;

import io.grpc.Attributes;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.InputStream;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a unary RPC that is complete: a copy of one that came, or one that nobody sent. Whoever hears it hears copies.
 *
 * @param headers null where the server sent none
 * @param message null where there is none
 */
record WholeAnswer(
        @Nullable Metadata headers, @Nullable Bytes message, Status status, Metadata trailers, Attributes attributes)
        implements Answer {
    /** One that nobody sent. */
    static WholeAnswer of(Bytes message) {
        return new WholeAnswer(new Metadata(), message, Status.OK, new Metadata(), Attributes.EMPTY);
    }

    /** What came of a stream that has ended, which goes on with it. */
    static WholeAnswer of(Arrivals arrivals, Attributes attributes) {
        Reader reader = new Reader();
        arrivals.show(reader);
        return new WholeAnswer(reader.headers, reader.message, reader.status, reader.trailers, attributes);
    }

    @Override
    public void tell(ClientCall.Listener<InputStream> listener, Executor executor) {
        executor.execute(() -> {
            if (headers != null) {
                listener.onHeaders(copy(headers));
            }
            if (message != null) {
                listener.onMessage(message.again());
            }
            listener.onClose(status, copy(trailers));
        });
    }

    private static Metadata copy(Metadata of) {
        Metadata copy = new Metadata();
        copy.merge(of);
        return copy;
    }

    @Override
    public void request(int messages) {}

    @Override
    public WholeAnswer whole() {
        return this;
    }

    @Override
    public void cancel() {}

    private static final class Reader extends ClientCall.Listener<InputStream> {
        private @Nullable Metadata headers;
        private @Nullable Bytes message;
        private Status status = Status.UNKNOWN;
        private Metadata trailers = new Metadata();

        @Override
        public void onHeaders(Metadata came) {
            headers = copy(came);
        }

        @Override
        public void onMessage(InputStream came) {
            message = ((Bytes) came).again();
        }

        @Override
        public void onClose(Status ended, Metadata came) {
            status = ended;
            trailers = copy(came);
        }
    }
}
