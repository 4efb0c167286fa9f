package dev.weft.grpc;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** A message as it is on the wire, of which the length is known. */
final class Bytes extends ByteArrayInputStream implements KnownLength {
    /**
     * Leaves making and reading messages to whoever is above the attempts. What comes is copied: an answer that
     * nobody reads then holds none of the transport's buffers.
     */
    static final MethodDescriptor.Marshaller<InputStream> MARSHALLER = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InputStream value) {
            return value;
        }

        @Override
        public InputStream parse(InputStream stream) {
            try {
                return new Bytes(all(stream));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    /** What is there; without the 8 KiB that a stream takes first which does not know its length. */
    static byte[] all(InputStream stream) throws IOException {
        if (!(stream instanceof KnownLength)) {
            return stream.readAllBytes();
        }
        byte[] bytes = new byte[stream.available()];
        int read = stream.readNBytes(bytes, 0, bytes.length);
        if (read < bytes.length) {
            throw new IOException("a message of " + bytes.length + " bytes ended after " + read);
        }
        return bytes;
    }

    Bytes(byte[] bytes) {
        super(bytes);
    }

    private Bytes(byte[] bytes, int from, int length) {
        super(bytes, from, length);
    }

    /** What is left of it, to be compared. */
    ByteBuffer view() {
        return ByteBuffer.wrap(buf, pos, count - pos);
    }

    /** What is left of it, once more. */
    Bytes again() {
        return new Bytes(buf, pos, count - pos);
    }
}
