package dev.weft.stack;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a service's layers have learnt and must not forget when policy changes: budgets, breakers, counters.
 * Thread-safe.
 *
 * <p>Nothing is taken from a call under way: routes that disagree have each their own state, and what policy has moved
 * on from lives as long as a chain that uses it. Which one that is, only reachability knows: a thread may hold a route
 * that it has not sent a call down yet.
 */
public final class ServiceState implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Kept> byName = new HashMap<>();
    private final Gauges gauges = new Gauges();

    /** The figures that the layers show of what they keep. */
    public Gauges gauges() {
        return gauges;
    }

    /**
     * The state of that name for {@code config}, all that it depends on: the same for all that ask with an equal one, so
     * that a change of policy that does not concern it leaves it as it is. What was asked for last is held until policy
     * changes; what was asked for otherwise, as long as somebody uses it.
     *
     * @param make is called while the service's state is locked
     */
    @SuppressWarnings("unchecked") // a name has one type
    public <T> T keep(String name, Object config, Supplier<T> make) {
        lock.lock();
        try {
            return (T) byName.computeIfAbsent(name, n -> new Kept()).get(config, make);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A new policy begins: what nobody asks for from now on is held no longer than somebody uses it. To be called before
     * chains are built under the new policy, while those that they replace still hold what was learnt.
     */
    public void renew() {
        lock.lock();
        try {
            byName.values().forEach(kept -> kept.last = null);
            byName.values().removeIf(Kept::isEmpty);
        } finally {
            lock.unlock();
        }
    }

    /** Tells all that want to be told that the mesh closes. */
    @Override
    public void close() {
        List<Closeable> closing = new ArrayList<>();
        lock.lock();
        try {
            byName.values().forEach(kept -> kept.addTo(closing));
            byName.clear();
        } finally {
            lock.unlock();
        }
        closing.forEach(Closeable::close);
    }

    /** State that must be told when the mesh closes. */
    public interface Closeable extends AutoCloseable {
        @Override
        void close();
    }

    /** Of one name. */
    private static final class Kept {
        private final Map<Object, WeakReference<Object>> byConfig = new HashMap<>();
        /** Never read: holds it. */
        @SuppressWarnings("unused")
        private @Nullable Object last;

        Object get(Object config, Supplier<?> make) {
            WeakReference<Object> seen = byConfig.get(config);
            Object state = seen == null ? null : seen.get();
            if (state == null) {
                state = Objects.requireNonNull(make.get());
                byConfig.values().removeIf(reference -> reference.get() == null);
                byConfig.put(config, new WeakReference<>(state));
            }
            last = state;
            return state;
        }

        boolean isEmpty() {
            byConfig.values().removeIf(reference -> reference.get() == null);
            return byConfig.isEmpty();
        }

        void addTo(List<Closeable> closing) {
            for (WeakReference<Object> reference : byConfig.values()) {
                if (reference.get() instanceof Closeable closeable) {
                    closing.add(closeable);
                }
            }
        }
    }
}
