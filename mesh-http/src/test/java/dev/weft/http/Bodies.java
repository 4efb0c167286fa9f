package dev.weft.http;

import java.io.IOException;
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
}
