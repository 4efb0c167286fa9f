package dev.weft.grpc;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What the application sends in one call. Kept, so that another attempt can send it again. Thread-safe. */
final class Outgoing {
    final MethodDescriptor<String, String> method;
    final CallOptions options;
    final Metadata headers;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<String> messages = new ArrayList<>();
    private boolean complete;
    private @Nullable ClientCall<String, String> stream;

    Outgoing(MethodDescriptor<String, String> method, CallOptions options, Metadata headers) {
        this.method = method;
        this.options = options;
        this.headers = headers;
    }

    void message(String message) {
        lock.lock();
        try {
            messages.add(message);
            if (stream != null) {
                stream.sendMessage(message);
            }
        } finally {
            lock.unlock();
        }
    }

    void complete() {
        lock.lock();
        try {
            complete = true;
            if (stream != null) {
                stream.halfClose();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends what there is, and from now on whatever comes, over {@code attempt}. */
    void sendOver(ClientCall<String, String> attempt) {
        lock.lock();
        try {
            stream = attempt;
            messages.forEach(attempt::sendMessage);
            if (complete) {
                attempt.halfClose();
            }
        } finally {
            lock.unlock();
        }
    }
}
