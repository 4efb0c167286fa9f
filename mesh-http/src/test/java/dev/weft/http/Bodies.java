package dev.weft.http;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** Request bodies that are none, or only once. */
final class Bodies {
    private Bodies() {}

    /** Fails after some bytes. */
    static RequestBody failing(Exception fault) {
        return new RequestBody() {
            @Override
            public @Nullable MediaType contentType() {
                return null;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeUtf8("x".repeat(20_000));
                if (fault instanceof IOException io) {
                    throw io;
                }
                throw (RuntimeException) fault;
            }
        };
    }

    /** Promises another length than it has. */
    static RequestBody promising(long length, String text) {
        return new RequestBody() {
            @Override
            public @Nullable MediaType contentType() {
                return null;
            }

            @Override
            public long contentLength() {
                return length;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeUtf8(text);
            }
        };
    }

    /** Can be written once. */
    static RequestBody oneShot(String text) {
        return new RequestBody() {
            @Override
            public @Nullable MediaType contentType() {
                return null;
            }

            @Override
            public boolean isOneShot() {
                return true;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeUtf8(text);
            }
        };
    }

    /** That many zeros, made as they go. */
    static RequestBody ofSize(long size) {
        return new RequestBody() {
            @Override
            public @Nullable MediaType contentType() {
                return null;
            }

            @Override
            public long contentLength() {
                return size;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                byte[] chunk = new byte[1 << 13];
                for (long sent = 0; sent < size; sent += chunk.length) {
                    sink.write(chunk);
                }
            }
        };
    }

    /** Stays open until the test closes it. */
    static final class Duplex extends RequestBody {
        private final CompletableFuture<BufferedSink> sink = new CompletableFuture<>();

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public boolean isDuplex() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink opened) {
            sink.complete(opened);
        }

        BufferedSink sink() {
            return sink.join();
        }
    }
}
