package dev.weft.retry;

import dev.weft.call.Filter;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends a late attempt once more, to another node, and takes the answer that comes first. After Finagle's {@code
 * BackupRequestFilter} ({@code client/BackupRequestFilter.scala}). Tells a node's standing of what is late, and has ejected
 * nodes probed beside calls that go elsewhere.
 */
public final class HedgeLayer implements Stackable {
    public static final Setting<Double> MAX_EXTRA_LOAD = Setting.route(
            "hedge.maxExtraLoad",
            SettingTypes.ratioOrOff(0.01, 0.1),
            0.015,
            "The share of extra requests that a second try may cost where the first is late: later than all but this"
                    + " share. Only where the call is idempotent; from the retry budget. off for none, and then silent"
                    + " endpoints are noticed by their timeouts only.");

    private static final long BUDGET_NANOS = Duration.ofSeconds(10).toNanos();

    @Override
    public String name() {
        return "hedge";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(MAX_EXTRA_LOAD);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        double share = fit.policy().get(MAX_EXTRA_LOAD);
        if (share == 0) {
            return null;
        }
        String route = fit.policy().route();
        String name = "hedge " + route + " " + share;
        Lateness lateness =
                fit.keep(name, share, () -> new Lateness(share, fit.time().nanos()));
        // Without a reserve: where there are few calls there are no hedges.
        RetryBudget ownShare = fit.keep(
                name + " budget",
                share,
                () -> new RetryBudget(share, 0, BUDGET_NANOS, fit.time().nanos()));
        fit.state()
                .gauges()
                .show(
                        "weft.client.hedge.delay",
                        "Seconds after which an attempt is late and sent once more; NaN while too little is known.",
                        lateness::seconds,
                        "route",
                        route.isEmpty() ? "none" : route);
        return new HedgeFilter<>(fit, lateness, ownShare, RetryLayer.budget(fit));
    }
}
