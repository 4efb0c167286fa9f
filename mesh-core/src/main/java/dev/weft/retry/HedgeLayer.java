package dev.weft.retry;

import dev.weft.call.Filter;
import dev.weft.endpoint.CallBucket;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Stackable;
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
                    + " share. Only for what changes nothing (HTTP GET, HEAD, OPTIONS, TRACE; gRPC NO_SIDE_EFFECTS), or"
                    + " with idempotent or an Idempotency-Key, and within retry.attempts; from the retry budget. off for"
                    + " none, and then silent endpoints are noticed by their timeouts only.");

    /** Hedges that can be saved: as many as chance needs at once of late attempts within their share, at any rate of calls. */
    private static final int SAVED = 10;
    /** Where few calls were yet. */
    private static final int FIRST = 2;

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
        Lateness lateness = fit.keep(
                name, share, () -> new Lateness(share, fit.random(), fit.time().nanos()));
        // Without a reserve: where there are few calls there are no hedges.
        int calls = (int) Math.ceil(1 / share);
        CallBucket ownShare = fit.keep(name + " budget", share, () -> new CallBucket(SAVED * calls, FIRST * calls));
        fit.state()
                .gauges()
                .show(
                        "weft.client.hedge.delay",
                        "Seconds after which an attempt is late and sent once more; NaN while too little is known.",
                        lateness::seconds,
                        "route",
                        route.isEmpty() ? "none" : route);
        return new HedgeFilter<>(fit, lateness, ownShare, calls, RetryLayer.budget(fit));
    }
}
