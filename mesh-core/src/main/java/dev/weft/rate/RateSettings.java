package dev.weft.rate;

import dev.weft.policy.Mode;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.CallKey;
import dev.weft.stack.CallKeyType;
import java.util.List;

/** What policy can say of a rate: the same words for the side that calls and for the one that serves. */
record RateSettings(
        Setting<Mode> mode,
        Setting<Rate> limit,
        Setting<Integer> burst,
        Setting<CallKey> key,
        Setting<Boolean> shared) {
    /** Of the process that calls. */
    static final RateSettings CLIENT = of("rate", false, "calls that each process makes to the service");

    /** Of the process that serves. */
    static final RateSettings SERVER = of("server.rate", true, "requests that each process of the service takes");

    private static RateSettings of(String prefix, boolean server, String what) {
        return new RateSettings(
                Setting.route(
                        prefix + ".mode",
                        SettingTypes.choice(Mode.class),
                        Mode.ENFORCE,
                        "Whether the rate refuses, or only counts."),
                Setting.route(
                        prefix + ".limit",
                        new RateType(),
                        Rate.OFF,
                        "How many " + what
                                + ", in the long run. A route that says so has a limit of its own; the others"
                                + " share the service's."),
                Setting.route(
                        prefix + ".burst",
                        SettingTypes.countOrOff(1, 1_000_000),
                        0,
                        "How many may come at once after a rest; off: as many as the limit's number."),
                Setting.route(
                        prefix + ".key",
                        new CallKeyType(server),
                        CallKey.NONE,
                        "Each value here has the whole limit for itself, such as header:x-user, path:/items/{id}"
                                + (server ? ", or caller, the identity in the caller's certificate" : "")
                                + ". Those without it share one."),
                Setting.route(
                        prefix + ".shared",
                        SettingTypes.flag(),
                        false,
                        "Whether all processes have the limit together, each a share of it by what it is asked; needs a"
                                + " source of shares, such as Consul."));
    }

    List<Setting<?>> all() {
        return List.of(mode, limit, burst, key, shared);
    }
}
