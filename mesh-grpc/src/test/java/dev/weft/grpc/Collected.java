package dev.weft.grpc;

import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Hears all that a stream says. */
final class Collected<T> {
    final List<T> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<Boolean> closed = new CompletableFuture<>();

    /** Everything, once the stream has ended well. */
    List<T> all() throws Exception {
        closed.get(20, TimeUnit.SECONDS);
        return messages;
    }

    StreamObserver<T> observer() {
        return new StreamObserver<>() {
            @Override
            public void onNext(T message) {
                messages.add(message);
            }

            @Override
            public void onError(Throwable cause) {
                closed.completeExceptionally(cause);
            }

            @Override
            public void onCompleted() {
                closed.complete(true);
            }
        };
    }
}
