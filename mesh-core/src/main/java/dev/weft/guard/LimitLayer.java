package dev.weft.guard;

import dev.weft.call.Filter;
import dev.weft.policy.Mode;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Bounds what one process has under way to one service. What goes over is refused here and never sent. */
public final class LimitLayer implements Stackable {
    public static final Setting<Mode> MODE = Setting.service(
            "limits.mode", SettingTypes.choice(Mode.class), Mode.ENFORCE, "Whether the limits refuse, or only count.");
    public static final Setting<Integer> REQUESTS = Setting.service(
            "limits.requests",
            SettingTypes.count(1, 1_000_000),
            1024,
            "Attempts under way at once to the service, those that wait included.");
    public static final Setting<Integer> CONNECTIONS = Setting.service(
            "limits.connections",
            SettingTypes.count(1, 1_000_000),
            1024,
            "Connections in use at once to the service, where one request holds one (HTTP/1.1).");
    public static final Setting<Integer> PENDING = Setting.service(
            "limits.pending",
            SettingTypes.count(0, 1_000_000),
            1024,
            "Requests that may wait for a connection when all are in use.");

    @Override
    public String name() {
        return "limits";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(MODE, REQUESTS, CONNECTIONS, PENDING);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        if (fit.policy().get(MODE) == Mode.OFF) {
            return null;
        }
        Permits permits = fit.keep("limits", "", Permits::new);
        fit.state()
                .gauges()
                .show("weft.client.requests", "Attempts under way or waiting for a connection.", permits::inUse);
        LongAdder observed = fit.keep("limits observed", "", LongAdder::new);
        fit.state()
                .gauges()
                .show(
                        "weft.client.limit.observed",
                        "Attempts so far that the limits let through, observing, and would have refused.",
                        observed::sum);
        return new LimitFilter<>(fit, permits, observed);
    }
}
