package dev.weft.policy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who want to be told of something. What they do wrong stays with them. Thread-safe. */
final class Listeners<T> {
    private static final Logger log = LoggerFactory.getLogger(PolicyStore.class);

    private final List<Consumer<? super T>> all = new CopyOnWriteArrayList<>();

    void add(Consumer<? super T> listener) {
        all.add(listener);
    }

    void tell(T news) {
        for (Consumer<? super T> listener : all) {
            try {
                listener.accept(news);
            } catch (RuntimeException | Error e) {
                log.error("a listener to policy failed; the policy itself is not affected", e);
            }
        }
    }
}
