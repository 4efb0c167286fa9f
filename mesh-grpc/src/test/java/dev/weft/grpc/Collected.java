package dev.weft.grpc;

import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hears all that a stream says. */
final class Collected {
    final List<String> messages = new CopyOnWriteArrayList<>();
    final CompletableFuture<Boolean> closed = new CompletableFuture<>();

    StreamObserver<String> observer() {
        return new StreamObserver<>() {
            @Override
            public void onNext(String message) {
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
