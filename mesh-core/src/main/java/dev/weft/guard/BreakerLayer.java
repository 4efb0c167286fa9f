package dev.weft.guard;

import dev.weft.call.Filter;
import dev.weft.policy.Mode;
import dev.weft.policy.Policy;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Gauges;
import dev.weft.stack.Stackable;
import dev.weft.time.Time;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a whole service, or a route of it, off while most of its answers are failures; Resilience4j's circuit
 * breaker. Only observes by default: one sick node of many is {@link EjectionLayer}'s to handle, and a breaker
 * over all of them would refuse what the healthy ones could serve.
 */
public final class BreakerLayer implements Stackable {
    /** What one breaker spans. */
    public enum Span {
        SERVICE,
        ROUTE
    }

    public static final Setting<Mode> MODE = Setting.route(
            "breaker.mode", SettingTypes.choice(Mode.class), Mode.OBSERVE, "Whether an open breaker refuses calls.");
    public static final Setting<Span> SPAN = Setting.route(
            "breaker.span",
            SettingTypes.choice(Span.class),
            Span.SERVICE,
            "Whether all routes of the service share one breaker, or each has its own.");
    public static final Setting<Double> FAILURE_RATIO = Setting.route(
            "breaker.failureRatio",
            SettingTypes.ratio(0.01, 1),
            0.5,
            "The share of failures in the window that opens it; caller errors (4xx but 429) and cancelled calls do not"
                    + " count.");
    public static final Setting<Integer> MIN_CALLS = Setting.route(
            "breaker.minCalls", SettingTypes.count(1, 1_000_000), 20, "Fewer attempts in the window never open it.");
    public static final Setting<Duration> WINDOW = Setting.route(
            "breaker.window",
            SettingTypes.duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
            Duration.ofSeconds(30),
            "The time that is looked back on, in whole seconds.");
    public static final Setting<Duration> OPEN = Setting.route(
            "breaker.open",
            SettingTypes.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
            Duration.ofSeconds(5),
            "How long it stays open the first time; doubles, with jitter, while probes fail.");
    public static final Setting<Duration> MAX_OPEN = Setting.route(
            "breaker.maxOpen",
            SettingTypes.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(60),
            "The longest that it stays open between two rounds of probes.");
    public static final Setting<Integer> PROBES = Setting.route(
            "breaker.probes", SettingTypes.count(1, 1000), 5, "Calls let through, half open, to see whether to close.");

    @Override
    public String name() {
        return "breaker";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(MODE, SPAN, FAILURE_RATIO, MIN_CALLS, WINDOW, OPEN, MAX_OPEN, PROBES);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        if (fit.policy().get(MODE) == Mode.OFF) {
            return null;
        }
        String name =
                fit.policy().get(SPAN) == Span.ROUTE && !fit.policy().route().isEmpty()
                        ? fit.service() + "/" + fit.policy().route()
                        : fit.service();
        List<Object> config = settings().stream()
                .<Object>map(setting -> fit.policy().get(setting))
                .toList();
        Breaker breaker = fit.keep("breaker " + name, config, () -> breaker(name, fit.policy(), fit.time()));
        show(fit.state().gauges(), breaker, fit.time());
        return new BreakerFilter<>(breaker);
    }

    /** The figures hold no breaker: that of a route which is gone from policy goes, and they are no number any more. */
    private static void show(Gauges gauges, Breaker breaker, Time time) {
        WeakReference<Breaker> shown = new WeakReference<>(breaker);
        gauges.show(
                "weft.client.breaker.state",
                "How the breaker stands: 0 closed, 1 open, 2 half open, 5 only observing.",
                () -> figure(shown, there -> there.state().getOrder()),
                "breaker",
                breaker.name());
        gauges.show(
                "weft.client.breaker.failures",
                "The share of failures in the breaker's window, 0 to 1.",
                () -> figure(shown, there -> there.failureRatio(time.nanos())),
                "breaker",
                breaker.name());
    }

    private static double figure(WeakReference<Breaker> shown, ToDoubleFunction<Breaker> figure) {
        Breaker breaker = shown.get();
        return breaker == null ? Double.NaN : figure.applyAsDouble(breaker);
    }

    static Breaker breaker(String name, Policy policy, Time time) {
        Duration open = policy.get(OPEN);
        Duration max = policy.get(MAX_OPEN).compareTo(open) < 0 ? open : policy.get(MAX_OPEN);
        int probes = policy.get(PROBES);
        CircuitBreaker machine = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.custom()
                        // Used half open only, where it looks at the probes.
                        .slidingWindow(
                                probes,
                                probes,
                                CircuitBreakerConfig.SlidingWindowType.COUNT_BASED,
                                CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.LOCK_FREE)
                        // Slow is for the deadline to say; Resilience4j's own idea, all above a minute, hits long
                        // polls.
                        .slowCallDurationThreshold(Duration.ofDays(365))
                        .failureRateThreshold((float) (policy.get(FAILURE_RATIO) * 100))
                        .waitIntervalFunctionInOpenState(
                                IntervalFunction.ofExponentialRandomBackoff(open, 2.0, 0.2, max))
                        .permittedNumberOfCallsInHalfOpenState(probes)
                        .clock(new MonotonicClock(time))
                        .currentTimestampFunction(any -> time.nanos(), TimeUnit.NANOSECONDS)
                        .build());
        if (policy.get(MODE) == Mode.OBSERVE) {
            machine.transitionToMetricsOnlyState();
        }
        int seconds = (int) Math.max(1, policy.get(WINDOW).toSeconds());
        return new Breaker(
                machine, seconds, policy.get(MIN_CALLS), policy.get(FAILURE_RATIO), open.toNanos(), time.nanos());
    }
}
