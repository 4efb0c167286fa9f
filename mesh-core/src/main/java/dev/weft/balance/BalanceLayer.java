package dev.weft.balance;

import dev.weft.call.Filter;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Health;
import dev.weft.policy.Policy;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import dev.weft.stack.DiscoverySettings;
import dev.weft.stack.Fit;
import dev.weft.stack.Gauges;
import dev.weft.stack.Stackable;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Picks the node that an attempt goes to, and feeds back how it went. */
public final class BalanceLayer implements Stackable {
    public static final Setting<BalancerKind> KIND = Setting.service(
            "balancer.kind", SettingTypes.choice(BalancerKind.class), BalancerKind.PEAK_EWMA, "How calls are spread.");
    public static final Setting<Duration> DECAY = Setting.service(
            "balancer.decay",
            SettingTypes.duration(Duration.ofMillis(100), Duration.ofMinutes(10)),
            Duration.ofSeconds(10),
            "peakEwma: the time constant with which past latency is forgotten.");
    public static final Setting<Duration> SLOW_START = Setting.service(
            "balancer.slowStart",
            SettingTypes.durationOrOff(Duration.ofMillis(1), Duration.ofHours(1)),
            Duration.ZERO,
            "Over this time a new endpoint's share rises from a tenth to the whole of its weight.");
    private final @Nullable Balancer custom;

    /** Spreads calls as policy says ({@code balancer.kind}). */
    public BalanceLayer() {
        this(null);
    }

    /** Spreads calls by a balancer of the user's own, whatever policy says of the kind. */
    public BalanceLayer(@Nullable Balancer custom) {
        this.custom = custom;
    }

    @Override
    public String name() {
        return "balancer";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(
                KIND,
                DECAY,
                SLOW_START,
                HashPicker.KEY,
                HashPicker.BOUND,
                ReportedWeights.METRICS,
                ReportedWeights.ERROR_PENALTY,
                Pipeline.PANIC,
                Zones.OWN,
                Zones.CALLERS,
                Ranking.ORDER,
                Pipeline.SUBSET,
                Pipeline.INSTANCE);
    }

    @Override
    public <R> Filter<R> filter(Fit<R> fit) {
        Policy policy = fit.policy();
        BalancerKind kind = policy.get(KIND);
        long decay = policy.get(DECAY).toNanos();
        double bound = policy.get(HashPicker.BOUND);
        Spares spares = fit.keep("balancer.spares", "", () -> new Spares(fit.random()));
        Pipeline pipeline =
                Pipeline.of(policy, spares, () -> fit.keep("balancer.zones", "", () -> new Usual(fit.time())));
        ReportedWeights reported = ReportedWeights.of(policy);
        Sounding.Asker asker = fit.keep("balancer.asker", "", () -> new Sounding.Asker(null, policy, fit.time()));
        asker.follow(fit.wire().prober(), policy);
        List<Object> config = List.of(kind, decay, policy.get(SLOW_START), bound, reported, pipeline);
        Members members = fit.keep("balancer", config, () -> {
            LongAdder underWay = bound == 0 ? null : new LongAdder();
            SlowStart slowStart = new SlowStart(policy.get(SLOW_START).toNanos());
            Tuning tuning = new Tuning(decay, slowStart, fit.random(), bound, underWay, reported, asker);
            Balancer balancer = custom != null ? custom : kind.balancer(tuning);
            return new Members(fit.cluster(), fit.time(), fit.random(), balancer, pipeline, spares, underWay);
        });
        members.lead();
        show(fit, members);
        return new BalanceFilter<>(
                members,
                policy.get(HashPicker.KEY),
                fit.wire(),
                decay,
                policy.get(DiscoverySettings.WAIT).toNanos());
    }

    /** Whether servers are to say with their answers how busy they are ({@link dev.weft.endpoint.LoadSignal}). */
    public static boolean asksLoad(Policy policy) {
        return policy.get(KIND).asksLoad();
    }

    private static void show(Fit<?> fit, Members members) {
        Gauges gauges = fit.state().gauges();
        Cluster cluster = fit.cluster();
        String nodes = "Endpoints of the service, by what keeps them from traffic or does not.";
        gauges.show("weft.client.endpoints", nodes, () -> cluster.ejections().count(), "state", "ejected");
        for (Health health : Health.values()) {
            gauges.show(
                    "weft.client.endpoints",
                    nodes,
                    () -> count(cluster, health),
                    "state",
                    health.name().toLowerCase(Locale.ROOT));
        }
        gauges.show("weft.client.discovery.waiting", "Calls that wait for discovery's first answer.", members::waiting);
        gauges.show(
                "weft.client.panic",
                "1 while too few endpoints are available and all are used.",
                () -> members.panic() ? 1 : 0);
    }

    private static long count(Cluster cluster, Health health) {
        return cluster.nodes().stream()
                .filter(node -> node.health() == health && !node.standing().ejected())
                .count();
    }
}
