package dev.weft.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The effective values for one route of one service, each with its origin. Immutable.
 *
 * <p>Filters read it once, when a chain is built; a call keeps the policy it began with.
 */
public final class Policy {
    private final String service;
    private final String route;
    private final Map<Setting<?>, Value<?>> values;

    /** @param route the route's name, or empty where no route matched */
    Policy(String service, String route, Map<Setting<?>, Value<?>> values) {
        this.service = service;
        this.route = route;
        this.values = new HashMap<>(values);
    }

    /** A policy of nothing but built-in defaults. */
    public static Policy builtIn(String service) {
        return new Policy(service, "", Map.of());
    }

    public String service() {
        return service;
    }

    public String route() {
        return route;
    }

    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        Value<?> value = values.get(setting);
        return value == null ? setting.builtIn() : (T) value.value();
    }

    public Origin origin(Setting<?> setting) {
        Value<?> value = values.get(setting);
        return value == null ? Origin.BUILT_IN : value.origin();
    }

    /** A copy in which {@code setting} has {@code value}. */
    public <T> Policy with(Setting<T> setting, T value, Origin origin) {
        Map<Setting<?>, Value<?>> changed = new HashMap<>(values);
        changed.put(setting, new Value<>(value, origin));
        return new Policy(service, route, changed);
    }

    /** The settings that some layer has set; the others have their built-in defaults. */
    public List<Setting<?>> set() {
        return new ArrayList<>(values.keySet());
    }

    /** One value and who set it. */
    record Value<T>(T value, Origin origin) {}
}
