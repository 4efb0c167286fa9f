package dev.weft.policy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one layer says: values with their origins. Immutable; equal when it says the same from the same places,
 * so it can be the key of a cache.
 */
public final class LayerValues {
    /** Says nothing. */
    public static final LayerValues NONE = new LayerValues(Map.of());

    private final Map<Setting<?>, Policy.Value<?>> values;
    private final int hash;

    private LayerValues(Map<Setting<?>, Policy.Value<?>> values) {
        this.values = Map.copyOf(values);
        this.hash = this.values.hashCode();
    }

    public static Builder builder(Layer layer) {
        return new Builder(layer);
    }

    /** The value of {@code setting}, or null where this layer does not speak of it. */
    @SuppressWarnings("unchecked") // put in with its setting
    public <T> @Nullable T get(Setting<T> setting) {
        Policy.Value<?> value = values.get(setting);
        return value == null ? null : (T) value.value();
    }

    /** Who said it, or null where this layer does not speak of it. */
    public @Nullable Origin origin(Setting<?> setting) {
        Policy.Value<?> value = values.get(setting);
        return value == null ? null : value.origin();
    }

    /** The settings it speaks of. */
    public Set<Setting<?>> set() {
        return values.keySet();
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** These values, and those of {@code weaker} of which they do not speak. */
    public LayerValues over(LayerValues weaker) {
        if (weaker.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return weaker;
        }
        Map<Setting<?>, Policy.Value<?>> merged = new HashMap<>(weaker.values);
        merged.putAll(values);
        return new LayerValues(merged);
    }

    Map<Setting<?>, Policy.Value<?>> values() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof LayerValues that && hash == that.hash && values.equals(that.values));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return values.toString();
    }

    /** Collects the values of a layer; of several for one setting the last counts. Not thread-safe. */
    public static final class Builder {
        private final Layer layer;
        private final Map<Setting<?>, Policy.Value<?>> values = new HashMap<>();

        private Builder(Layer layer) {
            this.layer = layer;
        }

        /**
         * @param where the place that says so, as in {@link Origin}
         * @throws IllegalArgumentException when the setting does not accept the value
         */
        public <T> Builder set(Setting<T> setting, T value, String where) {
            setting.type().parse(setting.type().render(value));
            values.put(setting, new Policy.Value<>(value, new Origin(layer, where)));
            return this;
        }

        /**
         * As {@link #set}, from a plain policy value.
         *
         * @param raw a string or a list of strings
         */
        public <T> Builder parse(Setting<T> setting, Object raw, String where) {
            values.put(setting, new Policy.Value<>(setting.type().parse(raw), new Origin(layer, where)));
            return this;
        }

        public LayerValues build() {
            return values.isEmpty() ? NONE : new LayerValues(values);
        }
    }
}
