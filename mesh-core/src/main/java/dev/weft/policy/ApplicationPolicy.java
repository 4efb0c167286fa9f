package dev.weft.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the application itself says in code or in its own configuration: for every service, and for single ones.
 * Stronger than annotations, weaker than the shared policy. Immutable.
 */
public final class ApplicationPolicy {
    /** Says nothing. */
    public static final ApplicationPolicy NONE = new ApplicationPolicy(LayerValues.NONE, Map.of());

    private final LayerValues defaults;
    private final Map<String, LayerValues> services;

    private ApplicationPolicy(LayerValues defaults, Map<String, LayerValues> services) {
        this.defaults = defaults;
        this.services = Map.copyOf(services);
    }

    public static Builder builder(Settings settings) {
        return new Builder(settings);
    }

    LayerValues defaults() {
        return defaults;
    }

    Map<String, LayerValues> services() {
        return services;
    }

    /** Collects values and tells all faults at once. Not thread-safe. */
    public static final class Builder {
        private final Settings settings;
        private final LayerValues.Builder defaults = LayerValues.builder(Layer.APPLICATION);
        private final Map<String, LayerValues.Builder> services = new HashMap<>();
        private final List<String> faults = new ArrayList<>();

        private Builder(Settings settings) {
            this.settings = settings;
        }

        /** Sets a value for every service, written as in a policy: {@code set("deadline.total", "2s")}. */
        public Builder set(String key, String value) {
            return add(defaults, key, value, "application, " + key);
        }

        /** As {@link #set}, for one service. */
        public Builder set(String service, String key, String value) {
            LayerValues.Builder values =
                    services.computeIfAbsent(service, name -> LayerValues.builder(Layer.APPLICATION));
            return add(values, key, value, service + ", " + key);
        }

        private Builder add(LayerValues.Builder values, String key, String value, String where) {
            try {
                values.parse(settings.require(key), value, where);
            } catch (IllegalArgumentException e) {
                Setting<?> setting = settings.find(key);
                faults.add(where + ": "
                        + (setting == null
                                ? e.getMessage()
                                : PlainWords.quote(value) + " " + e.getMessage() + "; expected "
                                        + setting.type().expects()));
            }
            return this;
        }

        /** @throws IllegalArgumentException naming everything that was not accepted */
        public ApplicationPolicy build() {
            if (!faults.isEmpty()) {
                throw new IllegalArgumentException("application policy: " + String.join("\n", faults));
            }
            Map<String, LayerValues> built = new HashMap<>();
            services.forEach((name, values) -> built.put(name, values.build()));
            return new ApplicationPolicy(defaults.build(), built);
        }
    }
}
