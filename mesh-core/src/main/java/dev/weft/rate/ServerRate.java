package dev.weft.rate;

import dev.weft.policy.LayerValues;
import dev.weft.policy.Mode;
import dev.weft.policy.PolicySnapshot;
import dev.weft.policy.PolicyStore;
import dev.weft.policy.ServicePolicies;
import dev.weft.stack.CallKey;
import dev.weft.stack.Meters;
import dev.weft.stack.ServiceState;
import dev.weft.time.Time;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.opentelemetry.context.Context;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Says of each request that comes to this process whether it comes too fast, by the policy of the service that this process
 * is. One for all that it serves, over whichever protocol. Thread-safe; without a limit it costs a look, without a key no
 * memory.
 */
public final class ServerRate implements AutoCloseable {
    private final PolicyStore policies;
    private final String service;
    private final @Nullable RateShares shares;
    private final Time time;
    private final ServiceState state = new ServiceState();
    private final ReentrantLock reading = new ReentrantLock();
    private final LongAdder refused = new LongAdder();
    private final LongAdder observed = new LongAdder();
    private volatile Rules rules;
    private @Nullable Meters meters;

    /**
     * @param service as callers call it, whose section of the policy holds; empty for the defaults
     * @param shares divides limits that are shared; null where there is nobody to
     */
    public ServerRate(PolicyStore policies, String service, @Nullable RateShares shares, Time time) {
        this.policies = policies;
        this.service = service;
        this.shares = shares;
        this.time = time;
        this.rules = rules(policies.current());
    }

    /** Publishes what there is to see, until this is closed. Called once, before the first request. */
    public void publish(MeterRegistry registry) {
        Meters shown = new Meters(registry);
        shown.refused("rate", "none", refused);
        shown.count(
                "weft.server.rate.observed",
                "Requests that the rate let through, observing, and would have refused",
                observed::sum,
                Tags.empty());
        meters = shown;
    }

    /**
     * Whether a request is handled.
     *
     * @param method the HTTP method; {@code POST} for gRPC
     * @param path without query; a gRPC method's full name with a slash before it
     * @param context the context of the request, with its baggage
     * @param reader reads what policy names as the key
     * @return 0 where it is handled, else the nanoseconds after which the next may come
     */
    public <Q> long refuses(String method, String path, Q request, Context context, CallKey.Reader<Q> reader) {
        Rules now = current();
        if (now.none) {
            return 0;
        }
        int route = now.policies.routes() == 0 ? -1 : now.policies.routeOf(method, path);
        RateRule rule = now.rules[route + 1];
        RateLimiter limiter = now.limiters[route + 1];
        if (rule == null || limiter == null) {
            return 0;
        }
        long wait = limiter.tryTake(rule.key().of(request, context, reader), time.nanos());
        if (wait == 0) {
            return 0;
        }
        if (rule.mode() != Mode.ENFORCE) {
            observed.increment();
            return 0;
        }
        refused.increment();
        return wait;
    }

    /** What policy says now. */
    private Rules current() {
        Rules known = rules;
        return known.snapshot == policies.current() ? known : renewed();
    }

    private Rules renewed() {
        reading.lock();
        try {
            PolicySnapshot snapshot = policies.current();
            if (rules.snapshot != snapshot) {
                state.renew();
                rules = rules(snapshot);
            }
            return rules;
        } finally {
            reading.unlock();
        }
    }

    private Rules rules(PolicySnapshot snapshot) {
        ServicePolicies said = snapshot.service(service);
        Rules fresh = new Rules(snapshot, said);
        for (int route = -1; route < said.routes(); route++) {
            RateRule rule = RateRule.of(RateSettings.SERVER, said.policy(route, LayerValues.NONE));
            if (rule != null) {
                fresh.none = false;
                fresh.rules[route + 1] = rule;
                fresh.limiters[route + 1] =
                        state.keep("rate" + rule.whose(), rule, () -> rule.limiter("server", shares, time.nanos()));
            }
        }
        return fresh;
    }

    /** Gives shares back; requests go on as before. */
    @Override
    public void close() {
        state.close();
        Meters shown = meters;
        if (shown != null) {
            shown.close();
        }
    }

    /** By route, from -1 on. Not changed once it is made. */
    private static final class Rules {
        final PolicySnapshot snapshot;
        final ServicePolicies policies;
        final @Nullable RateRule[] rules;
        final @Nullable RateLimiter[] limiters;
        boolean none = true;

        Rules(PolicySnapshot snapshot, ServicePolicies policies) {
            this.snapshot = snapshot;
            this.policies = policies;
            this.rules = new RateRule[policies.routes() + 1];
            this.limiters = new RateLimiter[policies.routes() + 1];
        }
    }
}
