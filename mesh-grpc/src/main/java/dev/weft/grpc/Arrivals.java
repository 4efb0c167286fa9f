package dev.weft.grpc;

import io.grpc.ClientCall;
import java.io.InputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What came of one attempt, in order, kept until it is known that the application is to hear of it. Thread-safe. */
final class Arrivals {
    private final Queue<Consumer<ClientCall.Listener<InputStream>>> events = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Application application;

    void add(Consumer<ClientCall.Listener<InputStream>> event) {
        events.add(event);
        Application told = application;
        if (told != null) {
            told.executor.execute(this::drain);
        }
    }

    /**
     * Has the application hear all that came and comes.
     *
     * @param executor runs one thing after the other
     */
    void tell(ClientCall.Listener<InputStream> listener, Executor executor) {
        application = new Application(listener, executor);
        executor.execute(this::drain);
    }

    /** What came, which stays for the application. */
    void show(ClientCall.Listener<InputStream> reader) {
        events.forEach(event -> event.accept(reader));
    }

    private void drain() {
        Application told = application;
        if (told != null) {
            for (var event = events.poll(); event != null; event = events.poll()) {
                event.accept(told.listener);
            }
        }
    }

    private record Application(ClientCall.Listener<InputStream> listener, Executor executor) {}
}
