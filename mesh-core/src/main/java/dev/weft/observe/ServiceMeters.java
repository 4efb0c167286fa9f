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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
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
        gauges.show("weft.client.inflight", "Attempts under way at the service's endpoints.", this::inFlight);
        gauges.watch(watcher);
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
        others.add(Gauge.builder(shown.name(), shown::value)
                .description(shown.doc())
                .tags(service.and(shown.tags().toArray(String[]::new)))
                .register(registry));
    }

    private long inFlight() {
        long sum = 0;
        for (Node node : cluster.nodes()) {
            sum += node.inFlight();
        }
        return sum;
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

    private record Key(String name, Tags tags) {}
}
