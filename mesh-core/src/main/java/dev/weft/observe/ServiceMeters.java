package dev.weft.observe;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.stack.Gauges;
import dev.weft.stack.Meters;
import dev.weft.stack.ServiceState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
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
    private final Meters meters;
    private final boolean buckets;
    private final Cluster cluster;
    private final Tags service;
    private final ConcurrentMap<Key, Durations> durations = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Gauges> published = new AtomicReference<>();
    private final Consumer<Gauges.Gauge> watcher = this::gauge;

    ServiceMeters(MeterRegistry registry, boolean buckets, Cluster cluster) {
        this.meters = new Meters(registry);
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
            return buckets ? Durations.inBuckets(meters, name, doc, all) : Durations.summed(meters, name, doc, all);
        });
    }

    Counter counter(String name, String doc, Tags tags) {
        return meters.counter(name, doc, service.and(tags));
    }

    private void gauge(Gauges.Gauge shown) {
        Tags tags = service.and(shown.tags().toArray(String[]::new));
        meters.gauge(shown.name(), shown.doc(), shown::value, tags);
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
        meters.close();
    }

    private record Key(String name, Tags tags) {
        // Written out: a start needs it, and would have to link the compiler's (0146).
        @Override
        public int hashCode() {
            return name.hashCode() * 31 + tags.hashCode();
        }
    }
}
