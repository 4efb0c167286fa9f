package dev.weft.rate;

import dev.weft.call.Filter;
import dev.weft.policy.Mode;
import dev.weft.policy.Setting;
import dev.weft.stack.Fit;
import dev.weft.stack.Gauges;
import dev.weft.stack.Stackable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Refuses calls that come faster than policy allows; they are not sent. */
public final class RateLayer implements Stackable {
    private final @Nullable RateShares shares;

    /** @param shares divides limits that are shared; null where there is nobody to */
    public RateLayer(@Nullable RateShares shares) {
        this.shares = shares;
    }

    @Override
    public String name() {
        return "rate";
    }

    @Override
    public List<Setting<?>> settings() {
        // Servers read theirs elsewhere; every process that reads the policy knows the words.
        List<Setting<?>> all = new ArrayList<>(RateSettings.CLIENT.all());
        all.addAll(RateSettings.SERVER.all());
        return all;
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        RateRule rule = RateRule.of(RateSettings.CLIENT, fit.policy());
        if (rule == null) {
            return null;
        }
        RateLimiter limiter = fit.keep(
                "rate" + rule.whose(),
                rule,
                () -> rule.limiter("client", shares, fit.time().nanos()));
        LongAdder observed = fit.keep("rate observed", "", LongAdder::new);
        show(fit.state().gauges(), rule, limiter, observed);
        return new RateFilter<>(rule, limiter, fit.wire()::read, observed, rule.mode() == Mode.ENFORCE);
    }

    private static void show(Gauges gauges, RateRule rule, RateLimiter limiter, LongAdder observed) {
        String route = rule.whose();
        gauges.show(
                "weft.client.rate.limit",
                "Calls per second that the rate allows this process now, for each key.",
                limiter::perSecond,
                "route",
                route);
        gauges.show("weft.client.rate.keys", "Keys that the rate remembers.", limiter::keys, "route", route);
        gauges.show(
                "weft.client.rate.observed",
                "Calls so far that the rate let through, observing, and would have refused.",
                observed::sum);
    }
}
