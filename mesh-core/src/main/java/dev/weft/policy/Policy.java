package dev.weft.policy;

import java.util.ArrayList;
import java.util.List;

/**
 * The effective values for one route of one service, each with its origin. Immutable.
 *
 * <p>Filters read it once, when a chain is built; a call keeps the policy it began with.
 */
public final class Policy {
    private final Settings settings;
    private final String service;
    private final String route;
    private final LayerValues values;

    /** @param route the route's name, or empty where no route matched */
    Policy(Settings settings, String service, String route, LayerValues values) {
        this.settings = settings;
        this.service = service;
        this.route = route;
        this.values = values;
    }

    /** A policy of nothing but built-in defaults. */
    public static Policy builtIn(String service) {
        return new Policy(Settings.NONE, service, "", LayerValues.NONE);
    }

    public String service() {
        return service;
    }

    /** The name of the route that matched; empty where none did. */
    public String route() {
        return route;
    }

    public <T> T get(Setting<T> setting) {
        T value = values.get(setting);
        return value == null ? setting.builtIn() : value;
    }

    public Origin origin(Setting<?> setting) {
        Origin origin = values.origin(setting);
        return origin == null ? Origin.BUILT_IN : origin;
    }

    /** A copy in which {@code setting} has {@code value}. */
    public <T> Policy with(Setting<T> setting, T value, Origin origin) {
        LayerValues one = LayerValues.builder(origin.layer())
                .set(setting, value, origin.where())
                .build();
        return new Policy(settings, service, route, one.over(values));
    }

    /** The settings that some layer has set; the others have their built-in defaults. */
    public List<Setting<?>> set() {
        return new ArrayList<>(values.set());
    }

    /** Every setting of the stack with its effective value and who set it, in the order of the stack. */
    public List<Explained> explain() {
        List<Explained> rows = new ArrayList<>();
        for (Setting<?> setting : settings.all()) {
            rows.add(explain(setting));
        }
        for (Setting<?> setting : values.set()) {
            if (settings.find(setting.key()) != setting) {
                rows.add(explain(setting));
            }
        }
        return rows;
    }

    private <T> Explained explain(Setting<T> setting) {
        return new Explained(setting.key(), setting.type().render(get(setting)), origin(setting));
    }

    /** One value and who set it. */
    record Value<T>(T value, Origin origin) {}

    /**
     * One line of an explanation.
     *
     * @param value as it is written in a policy
     */
    public record Explained(String key, String value, Origin origin) {}
}
