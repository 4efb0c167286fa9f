package dev.weft.guard;

import dev.weft.call.Filter;
import dev.weft.endpoint.Backlog;
import dev.weft.policy.Mode;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Gauges;
import dev.weft.stack.Stackable;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Refuses, while a service is overloaded, what it would answer too late; the least critical first. */
public final class BacklogLayer implements Stackable {
    public static final Setting<Mode> MODE = Setting.service(
            "limits.adaptive",
            SettingTypes.choice(Mode.class),
            Mode.ENFORCE,
            "Whether attempts are refused, or only counted, that an overloaded service would answer too late: when those"
                    + " before them will take more than their share of the time left (of the part that an answer does not"
                    + " take anyway 60 % for critical_plus, 45 % for critical, 35 % for sheddable_plus, 25 % for sheddable).");

    @Override
    public String name() {
        return "adaptive limit";
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
        Backlog backlog = fit.cluster().backlog();
        LongAdder observed = fit.keep("limits.adaptive observed", "", LongAdder::new);
        Gauges gauges = fit.state().gauges();
        gauges.show("weft.client.backlog.calls", "Attempts with a deadline that wait for an answer.", backlog::waiting);
        gauges.show(
                "weft.client.backlog.wait",
                "Seconds in which the attempts that wait will be answered at the pace of now; NaN while it is not known.",
                backlog::expectedSeconds);
        gauges.show(
                "weft.client.backlog.limiting",
                "1 while the service is overloaded and the adaptive limit holds.",
                () -> backlog.limiting(fit.time().nanos()) ? 1 : 0);
        gauges.show(
                "weft.client.backlog.observed",
                "Attempts so far that the adaptive limit let through, observing, and would have refused.",
                observed::sum);
        return new BacklogFilter<>(backlog, mode == Mode.ENFORCE, observed);
    }
}
