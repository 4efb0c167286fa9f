package dev.weft.guard;

import dev.weft.call.Filter;
import dev.weft.policy.Mode;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Keeps traffic from a node that is dead, silent or worse than the others, and lets it back in by one good call. */
public final class EjectionLayer implements Stackable {
    public static final Setting<Mode> MODE = Setting.service(
            "ejection.mode",
            SettingTypes.choice(Mode.class),
            Mode.ENFORCE,
            "Whether an endpoint that fails again and again is left out.");
    public static final Setting<Integer> CONSECUTIVE = Setting.service(
            "ejection.consecutive",
            SettingTypes.count(1, 1000),
            5,
            "Failures one after the other that eject an endpoint.");
    public static final Setting<Integer> REFUSED = Setting.service(
            "ejection.refused",
            SettingTypes.count(1, 1000),
            1,
            "Connections one after the other that are refused or time out and eject an endpoint, whatever maxShare says;"
                    + " never the last. TLS that fails and a name that is not known count as other failures.");
    public static final Setting<Double> PERCENTAGE = Setting.service(
            "ejection.failurePercentage",
            SettingTypes.ratioOrOff(0.01, 1),
            0.5,
            "The share of an endpoint's attempts over 30 s that ejects it when they fail, where there are at least 10.");
    public static final Setting<Boolean> SUCCESS_RATE = Setting.service(
            "ejection.successRate",
            SettingTypes.flag(),
            true,
            "Whether an endpoint is ejected that fails more of its attempts than the others did at the same time, by 5 %"
                    + " and by more than is chance once in a million; over 30 s, or over 5 minutes where there are few.");
    public static final Setting<Duration> BASE = Setting.service(
            "ejection.base",
            SettingTypes.duration(Duration.ofMillis(10), Duration.ofHours(1)),
            Duration.ofMillis(250),
            "How long an endpoint is left out the first time; doubles each time its probe fails.");
    public static final Setting<Duration> MAX = Setting.service(
            "ejection.max",
            SettingTypes.duration(Duration.ofMillis(10), Duration.ofHours(24)),
            Duration.ofSeconds(1),
            "The longest that an endpoint is left out between two probes; at once so long where connections are"
                    + " refused.");
    public static final Setting<Double> MAX_SHARE = Setting.service(
            "ejection.maxShare",
            SettingTypes.ratio(0, 1),
            0.1,
            "The share of the endpoints that may be left out at once for how they answer; of two or more at least one"
                    + " may be, and never the last.");

    @Override
    public String name() {
        return "ejection";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(MODE, REFUSED, CONSECUTIVE, PERCENTAGE, SUCCESS_RATE, BASE, MAX, MAX_SHARE);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        Mode mode = fit.policy().get(MODE);
        if (mode == Mode.ENFORCE) {
            fit.cluster().ejections().allow(fit.policy().get(MAX_SHARE));
        } else {
            fit.cluster().ejections().allowNone();
        }
        if (mode == Mode.OFF) {
            return null;
        }
        LongAdder observed = fit.keep("ejection observed", "", LongAdder::new);
        fit.state()
                .gauges()
                .show(
                        "weft.client.ejection.observed",
                        "How often so far an endpoint failed enough, observing, to have been ejected.",
                        observed::sum);
        return new EjectionFilter<>(fit, observed);
    }
}
