package dev.weft.grpc;

import com.google.common.io.Closeables;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * One message of the application's, for each attempt that is to send it. What the application gave may be readable but
 * once: the first attempt gets what its length was taken from. Not thread-safe.
 */
final class Message<Q> {
    final boolean compressed;

    private final MethodDescriptor<Q, ?> method;
    private final Q value;
    private final int length;
    private @Nullable InputStream opened;

    Message(MethodDescriptor<Q, ?> method, Q value, boolean compressed) {
        this.method = method;
        this.value = value;
        this.compressed = compressed;
        try {
            InputStream known = known(method.streamRequest(value));
            length = known.available();
            opened = known;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Message(Message<Q> of) {
        method = of.method;
        value = of.value;
        compressed = of.compressed;
        length = of.length;
        opened = of.bytes();
    }

    private static InputStream known(InputStream stream) throws IOException {
        if (stream instanceof KnownLength) {
            return stream;
        }
        try (stream) {
            return new Bytes(stream.readAllBytes());
        }
    }

    int length() {
        return length;
    }

    /** What the application gave. */
    Q value() {
        return value;
    }

    /** What goes out, which from now on is not made of the application's again. */
    Bytes bytes() {
        if (!(opened instanceof Bytes)) {
            try (InputStream stream = open()) {
                opened = new Bytes(Bytes.all(stream));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return ((Bytes) opened).again();
    }

    /** The same for another request. */
    Message<Q> copy() {
        return new Message<>(this);
    }

    InputStream open() {
        InputStream first = opened;
        if (first instanceof Bytes bytes) {
            return bytes.again();
        }
        opened = null;
        return first == null ? method.streamRequest(value) : first;
    }

    /** It is not sent any more. */
    void close() {
        Closeables.closeQuietly(opened);
        opened = null;
    }
}
