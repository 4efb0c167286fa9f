package dev.weft.guard;

import dev.weft.call.Filter;
import dev.weft.policy.Mode;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Gauges;
import dev.weft.stack.Stackable;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Asks a service that takes on next to nothing no more often than is of use. */
public final class ThrottleLayer implements Stackable {
    public static final Setting<Mode> MODE = Setting.service(
            "limits.throttle",
            SettingTypes.choice(Mode.class),
            Mode.ENFORCE,
            "Whether attempts are refused, or only counted, at random where of those of the last 30 s, of their"
                    + " criticality, more than half met with overload (429, 502, 503, 504, RESOURCE_EXHAUSTED, UNAVAILABLE,"
                    + " no answer in time): so many that twice as many go out as are taken on, and one in ten at least.");

    @Override
    public String name() {
        return "throttle";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(MODE);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        Mode mode = fit.policy().get(MODE);
        if (mode == Mode.OFF) {
            return null;
        }
        Throttle throttle =
                fit.keep("limits.throttle", "", () -> new Throttle(fit.time().nanos()));
        LongAdder observed = fit.keep("limits.throttle observed", "", LongAdder::new);
        Gauges gauges = fit.state().gauges();
        gauges.show(
                "weft.client.throttle",
                "The share of attempts that the throttle holds back, of the criticality that it holds back most.",
                throttle::highest);
        gauges.show(
                "weft.client.throttle.observed",
                "Attempts so far that the throttle let through, observing, and would have refused.",
                observed::sum);
        return new ThrottleFilter<>(throttle, mode == Mode.ENFORCE, fit.random(), observed);
    }
}
