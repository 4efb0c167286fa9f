package dev.weft.health;

import dev.weft.call.Filter;
import dev.weft.call.Prober;
import dev.weft.call.Wire;
import dev.weft.policy.Policy;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.Fit;
import dev.weft.stack.Gauges;
import dev.weft.stack.Stackable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks nodes of which no answer tells that they live, and keeps traffic from those that fail. Off by default. */
public final class HealthLayer implements Stackable {
    public static final Setting<HealthCheck> CHECK = Setting.service(
            "health.check",
            SettingTypes.choice(HealthCheck.class),
            HealthCheck.OFF,
            "How this process asks endpoints how they are: tcp connects, http wants 200 for health.path, grpc watches"
                    + " grpc.health.v1. It can only make what discovery says worse.");
    public static final Setting<String> PATH = Setting.service(
            "health.path",
            SettingTypes.text("/[!-~]*", "a path that begins with /"),
            "/health",
            "http: what is asked for, with GET.");
    public static final Setting<String> SERVICE = Setting.service(
            "health.service",
            SettingTypes.text("[!-~]*", "the name of a gRPC service"),
            "",
            "grpc: the service that is asked about; empty is the server as a whole.");
    public static final Setting<Duration> INTERVAL = Setting.service(
            "health.interval",
            SettingTypes.duration(Duration.ofMillis(100), Duration.ofHours(1)),
            Duration.ofSeconds(10),
            "The time between two checks of an endpoint, give or take a fifth.");
    public static final Setting<Duration> TIMEOUT = Setting.service(
            "health.timeout",
            SettingTypes.duration(Duration.ofMillis(1), Duration.ofMinutes(1)),
            Duration.ofSeconds(1),
            "How long a check may take.");
    public static final Setting<Integer> BAD = Setting.service(
            "health.bad", SettingTypes.count(1, 100), 3, "Failed checks one after the other that make it unhealthy.");
    public static final Setting<Integer> GOOD = Setting.service(
            "health.good",
            SettingTypes.count(1, 100),
            2,
            "Good checks one after the other that make it healthy again; of a new endpoint one is enough.");

    @Override
    public String name() {
        return "health";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(CHECK, PATH, SERVICE, INTERVAL, TIMEOUT, BAD, GOOD);
    }

    @Override
    public <R> @Nullable Filter<R> filter(Fit<R> fit) {
        Policy policy = fit.policy();
        Plan plan = Plan.of(policy);
        HealthChecks checks = fit.keep("health", "", () -> new HealthChecks(fit.cluster(), fit.time(), fit.random()));
        if (plan.kind() == HealthCheck.OFF) {
            checks.stop();
            return null;
        }
        checks.follow(plan, policy, prober(plan.kind(), fit.wire()));
        show(fit, checks);
        return plan.watches() ? null : new HealthFilter<>();
    }

    /** Null where another transport's is asked for; if this process has it, that one brings it. */
    private static @Nullable Prober prober(HealthCheck kind, Wire<?> wire) {
        if (kind == HealthCheck.TCP) {
            return TcpProber.INSTANCE;
        }
        return kind.name().toLowerCase(Locale.ROOT).equals(wire.protocol()) ? wire.prober() : null;
    }

    private static void show(Fit<?> fit, HealthChecks checks) {
        Gauges gauges = fit.state().gauges();
        gauges.show(
                "weft.client.health.failing",
                "Endpoints that this process' own checks keep from traffic.",
                checks::failing);
        String made = "Health checks made so far, by how they ended.";
        gauges.show("weft.client.health.checks", made, checks::good, "result", "good");
        gauges.show("weft.client.health.checks", made, checks::bad, "result", "bad");
    }
}
