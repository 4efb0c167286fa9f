package dev.weft.stack;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * What a service's layers have learnt and must not forget when policy changes: budgets, breakers, counters.
 * Thread-safe.
 */
public final class ServiceState {
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
        Kept entry = kept.compute(
                name, (k, seen) -> seen != null && seen.config.equals(config) ? seen : new Kept(config, make.get()));
        return (T) entry.state;
    }

    private record Kept(Object config, Object state) {}
}
