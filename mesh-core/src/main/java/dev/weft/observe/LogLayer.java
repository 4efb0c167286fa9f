package dev.weft.observe;

import dev.weft.call.Filter;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import java.util.List;

/** The access log: a line for every call that failed and for some that went well. */
public final class LogLayer implements Stackable {
    public static final Setting<Double> SUCCESSES = Setting.route(
            "log.successes",
            SettingTypes.ratio(0, 1),
            0.01,
            "The share of successful calls that the access log has; failed ones are all in it.");

    @Override
    public String name() {
        return "log";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(SUCCESSES);
    }

    @Override
    public <R> Filter<R> filter(Fit<R> fit) {
        return new AccessLog<>(fit);
    }
}
