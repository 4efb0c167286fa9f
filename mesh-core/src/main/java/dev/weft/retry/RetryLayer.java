package dev.weft.retry;

import dev.weft.call.Filter;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Gauges;
import dev.weft.stack.Stackable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes the attempts of a call: one, or more where it is safe, worth it and within the service's budget. */
public final class RetryLayer implements Stackable {
    public static final Setting<Integer> ATTEMPTS = Setting.route(
            "retry.attempts",
            SettingTypes.count(1, 10),
            3,
            "How often a call is tried at most, the first try and both legs of a hedge included.");
    public static final Setting<Boolean> IDEMPOTENT = Setting.route(
            "idempotent",
            SettingTypes.flag(),
            false,
            "Whether doing it twice is as good as once, even late, where the protocol does not say so already (HTTP GET,"
                    + " HEAD, OPTIONS, TRACE; an Idempotency-Key). PUT and DELETE are tried again without it, but not"
                    + " hedged.");
    public static final Setting<List<Integer>> ALSO_ON = Setting.route(
            "retry.alsoOn",
            SettingTypes.statuses(),
            List.of(),
            "Statuses that are tried again beside the protocol's own (HTTP 502, 503, 504; gRPC UNAVAILABLE), where the"
                    + " call is idempotent: HTTP's as numbers, gRPC's by name, [500, INTERNAL].");
    public static final Setting<Duration> PER_TRY = Setting.route(
            "retry.perTry",
            SettingTypes.durationOrOff(Duration.ofMillis(1), Duration.ofHours(1)),
            Duration.ZERO,
            "The time that one attempt may take; off leaves only the deadline of the whole call.");
    public static final Setting<Duration> BACKOFF_BASE = Setting.route(
            "retry.backoff.base",
            SettingTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
            Duration.ofMillis(25),
            "The pause after attempt n is uniform between 0 and base * 2^n.");
    public static final Setting<Duration> BACKOFF_CAP = Setting.route(
            "retry.backoff.cap",
            SettingTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(5)),
            Duration.ofMillis(250),
            "No pause is longer.");
    public static final Setting<Double> BUDGET_RATIO = Setting.service(
            "retry.budget.ratio",
            SettingTypes.ratio(0, 1),
            0.2,
            "Retries and hedges per successful call, over the time to live.");
    public static final Setting<Integer> BUDGET_PER_SECOND = Setting.service(
            "retry.budget.perSecond",
            SettingTypes.count(0, 10_000),
            3,
            "Retries per second that are allowed in each process however little traffic there is.");
    public static final Setting<Duration> BUDGET_TTL = Setting.service(
            "retry.budget.ttl",
            SettingTypes.duration(Duration.ofSeconds(1), Duration.ofMinutes(1)),
            Duration.ofSeconds(10),
            "How long a successful call counts for the budget.");
    public static final Setting<Integer> MAX_RETRIES = Setting.service(
            "limits.retries",
            SettingTypes.count(0, 100_000),
            1024,
            "Retries under way at once to the service, whatever limits.mode says; what goes over ends as an empty budget"
                    + " does, which is the finer tool.");

    @Override
    public String name() {
        return "retry";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(
                ATTEMPTS,
                IDEMPOTENT,
                ALSO_ON,
                PER_TRY,
                BACKOFF_BASE,
                BACKOFF_CAP,
                BUDGET_RATIO,
                BUDGET_PER_SECOND,
                BUDGET_TTL,
                MAX_RETRIES);
    }

    @Override
    public <R> Filter<R> filter(Fit<R> fit) {
        RetryBudget budget = budget(fit);
        AtomicInteger active = fit.keep("retry.active", "", AtomicInteger::new);
        Gauges gauges = fit.state().gauges();
        gauges.show(
                "weft.client.retry.budget",
                "Retries that could be made now.",
                () -> budget.balance(fit.time().nanos()));
        gauges.show("weft.client.retry.active", "Retries under way or waiting for their turn.", active::get);
        return new RetryFilter<>(fit, budget, active);
    }

    /** The budget of the fit's service: one for all its routes and transports. */
    public static RetryBudget budget(Fit<?> fit) {
        double ratio = fit.policy().get(BUDGET_RATIO);
        int perSecond = fit.policy().get(BUDGET_PER_SECOND);
        Duration ttl = fit.policy().get(BUDGET_TTL);
        return fit.keep(
                "retry.budget",
                List.of(ratio, perSecond, ttl),
                () -> new RetryBudget(
                        ratio, perSecond, ttl.toNanos(), fit.time().nanos()));
    }
}
