package dev.weft.stack;

import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * What a service's layers have learnt and must not forget when policy changes: budgets, breakers, counters.
 * Thread-safe.
 */
public final class ServiceState implements AutoCloseable {
    private final ConcurrentMap<String, Kept> kept = new ConcurrentHashMap<>();
    private final Gauges gauges = new Gauges();

    /** The figures that the layers show of what they keep. */
    public Gauges gauges() {
        return gauges;
    }

    /**
     * The state of that name. It is made anew only when {@code config}, all that it depends on, is not equal to
     * what it was made for: a change of policy that does not concern it leaves it as it is.
     */
    @SuppressWarnings("unchecked")
    public <T> T keep(String name, Object config, Supplier<T> make) {
        Kept entry = kept.get(name);
        if (entry == null || !entry.config.equals(config)) {
            entry = replace(name, config, make);
        }
        return (T) entry.state;
    }

    private Kept replace(String name, Object config, Supplier<?> make) {
        Kept[] replaced = new Kept[1];
        Kept now = Objects.requireNonNull(kept.compute(name, (k, seen) -> {
            if (seen != null && seen.config.equals(config)) {
                return seen;
            }
            replaced[0] = seen;
            return new Kept(config, make.get());
        }));
        if (replaced[0] != null) {
            close(replaced[0].state);
        }
        return now;
    }

    /** Closes all that can be closed. */
    @Override
    public void close() {
        kept.values().forEach(entry -> close(entry.state));
        kept.clear();
    }

    private static void close(Object state) {
        if (state instanceof Closeable closeable) {
            closeable.close();
        }
    }

    /** State that must be told when it is replaced, or when the mesh closes. */
    public interface Closeable extends AutoCloseable {
        @Override
        void close();
    }

    private record Kept(Object config, Object state) {}
}
