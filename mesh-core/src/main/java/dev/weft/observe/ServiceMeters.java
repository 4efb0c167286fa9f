package dev.weft.observe;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.stack.Gauges;
import dev.weft.stack.ServiceState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one service. They outlive every change of policy, so that no count goes back, and leave the registry
 * when the mesh closes. Thread-safe.
 */
final class ServiceMeters implements ServiceState.Closeable {
    private final MeterRegistry registry;
    private final boolean buckets;
    private final Cluster cluster;
    private final Tags service;
    private final ConcurrentMap<Key, Durations> durations = new ConcurrentHashMap<>();
    private final Set<Meter> others = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Gauges> published = new AtomicReference<>();
    private final Consumer<Gauges.Gauge> watcher = this::gauge;

    ServiceMeters(MeterRegistry registry, boolean buckets, Cluster cluster) {
        this.registry = registry;
        this.buckets = buckets;
        this.cluster = cluster;
        this.service = Tags.of("service", cluster.service());
    }

    /** Begins to publish what the layers and the nodes show; only the first time does something. */
    void publish(Gauges gauges) {
        if (!published.compareAndSet(null, gauges)) {
            return;
        }
        gauges.watch(watcher);
        gauge("weft.client.inflight", "Attempts under way", Tags.empty(), this::inFlight);
        for (State state : State.values()) {
            gauge(
                    "weft.client.nodes",
                    "Nodes of the service, by what keeps them from traffic",
                    Tags.of("state", state.label),
                    () -> count(state));
        }
    }

    /** Where durations are counted under that name and those tags; the same for the same. */
    Durations durations(String name, String doc, Tags tags) {
        return durations.computeIfAbsent(new Key(name, tags), key -> {
            Tags all = service.and(tags);
            return buckets ? Durations.inBuckets(registry, name, doc, all) : Durations.summed(registry, name, doc, all);
        });
    }

    Counter counter(String name, String doc, Tags tags) {
        Counter counter =
                Counter.builder(name).description(doc).tags(service.and(tags)).register(registry);
        others.add(counter);
        return counter;
    }

    private void gauge(Gauges.Gauge shown) {
        gauge(shown.name(), shown.doc(), Tags.of(shown.tags().toArray(String[]::new)), shown::value);
    }

    private void gauge(String name, String doc, Tags tags, Supplier<Number> figure) {
        others.add(Gauge.builder(name, figure)
                .description(doc)
                .tags(service.and(tags))
                .register(registry));
    }

    private long inFlight() {
        long sum = 0;
        for (Node node : cluster.nodes()) {
            sum += node.inFlight();
        }
        return sum;
    }

    private long count(State wanted) {
        return cluster.nodes().stream().filter(node -> State.of(node) == wanted).count();
    }

    @Override
    public void close() {
        Gauges gauges = published.get();
        if (gauges != null) {
            gauges.unwatch(watcher);
        }
        durations.values().forEach(each -> registry.remove(each.meter()));
        others.forEach(registry::remove);
    }

    /** Each node is in one of them. */
    private enum State {
        AVAILABLE,
        EJECTED,
        UNHEALTHY,
        DRAINING;

        private final String label = name().toLowerCase(Locale.ROOT);

        static State of(Node node) {
            if (node.standing().ejected()) {
                return EJECTED;
            }
            return switch (node.endpoint().health()) {
                case HEALTHY, DEGRADED -> AVAILABLE;
                case UNHEALTHY -> UNHEALTHY;
                case DRAINING -> DRAINING;
            };
        }
    }

    private record Key(String name, Tags tags) {}
}
