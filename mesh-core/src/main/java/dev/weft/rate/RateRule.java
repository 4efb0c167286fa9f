package dev.weft.rate;

import dev.weft.policy.Layer;
import dev.weft.policy.Mode;
import dev.weft.policy.Origin;
import dev.weft.policy.Policy;
import dev.weft.stack.CallKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What policy says of a rate, all of it.
 *
 * @param service whose policy it is
 * @param whose the route that has the limit for itself, or what of an annotation; empty for what all others share
 * @param burst 1 or more
 * @param setting the key of the limit, for messages
 */
record RateRule(
        String service, String whose, Mode mode, Rate limit, int burst, CallKey key, boolean shared, String setting) {
    private static final Logger log = LoggerFactory.getLogger(RateRule.class);

    /** Null where there is no limit. */
    static @Nullable RateRule of(RateSettings settings, Policy policy) {
        Mode mode = policy.get(settings.mode());
        Rate limit = policy.get(settings.limit());
        if (mode == Mode.OFF || limit.isOff()) {
            return null;
        }
        int said = policy.get(settings.burst());
        int burst = said > 0 ? said : (int) Math.min(limit.count(), 1_000_000);
        return new RateRule(
                policy.service(),
                whose(policy, policy.origin(settings.limit())),
                mode,
                limit,
                burst,
                policy.get(settings.key()),
                policy.get(settings.shared()),
                settings.limit().key());
    }

    private static String whose(Policy policy, Origin limit) {
        if (limit.layer() == Layer.ROUTE) {
            return policy.route();
        }
        return limit.layer() == Layer.ANNOTATION ? limit.where() : "";
    }

    /** @param side tells the limit of callers from that of servers */
    RateLimiter limiter(String side, @Nullable RateShares shares, long nowNanos) {
        if (!shared) {
            return RateLimiter.alone(limit, burst, nowNanos);
        }
        if (shares == null) {
            log.warn(
                    "{}: {} is shared, and this process has no source of shares (MeshBuilder.rateShares): it takes the"
                            + " whole limit for itself",
                    service,
                    setting);
            return RateLimiter.alone(limit, burst, nowNanos);
        }
        String route = whose.isEmpty() ? "" : "/" + whose.replaceAll("[^A-Za-z0-9._-]+", "_");
        return RateLimiter.shared(limit, burst, nowNanos, shares, side + "/" + service + route);
    }
}
