package dev.weft;

import dev.weft.admission.Admission;
import dev.weft.call.Wire;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Resolver;
import dev.weft.endpoint.ServerLoad;
import dev.weft.identity.Keyring;
import dev.weft.observe.Propagation;
import dev.weft.policy.Explanation;
import dev.weft.policy.LayerValues;
import dev.weft.policy.PolicyStatus;
import dev.weft.policy.PolicyStore;
import dev.weft.rate.ServerRate;
import dev.weft.stack.Stack;
import dev.weft.time.Time;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process's view of the services it calls: one policy, one discovery, one memory of every endpoint, for all
 * transports. Made once per process by {@link #builder}; thread-safe.
 *
 * <p>Starting needs no network: a mesh is there at once and becomes ready as its sources answer. Closing lets
 * calls under way end within a limit, then cuts them off, and ends every thread it started.
 */
public final class Mesh implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Mesh.class);

    private static final long DRAIN_LOOK_NANOS = 5_000_000;

    private final MeshBuilder parts;
    private final Stack stack;
    private final Time time;
    private final Resolver resolver;
    private final ConcurrentMap<String, MeshService> services = new ConcurrentHashMap<>();
    private final PolicyStore policies;
    private final Admission admission;
    private final @Nullable Keyring identity;
    private final List<AutoCloseable> companions = new CopyOnWriteArrayList<>();
    private final Propagation propagation;
    private final ServerRate serverRate;
    private final ServerLoad serverLoad;
    private final AtomicBoolean closing = new AtomicBoolean();

    Mesh(MeshBuilder parts, Stack stack, PolicyStore policies, @Nullable Keyring identity) {
        this.identity = identity;
        this.parts = parts;
        this.stack = stack;
        this.time = parts.time;
        this.resolver = new PolicyEndpoints(policies, parts.discovery(policies));
        this.policies = policies;
        this.propagation = Propagation.of(parts.openTelemetry);
        this.admission = new Admission(policies, parts.serves, time);
        this.serverRate = new ServerRate(policies, parts.serves, parts.rateShares, time);
        this.serverLoad = new ServerLoad(time);
    }

    public static MeshBuilder builder() {
        return new MeshBuilder();
    }

    void publishSources(MeterRegistry registry) {
        resolver.publish(registry);
    }

    /** A transport's view of this mesh, which closes the wire when it has drained. */
    public <R> MeshClient<R> client(Wire<R> wire) {
        accompany(wire);
        return new MeshClient<>(this, wire);
    }

    public Time time() {
        return time;
    }

    /** Takes trace, baggage and deadline out of the headers of requests and into them; for transports and servers. */
    public Propagation propagation() {
        return propagation;
    }

    /** Says which of the requests that come to this process are handled; for servers. */
    public Admission admission() {
        return admission;
    }

    /** Says which requests come to this process too fast to be handled; for servers. */
    public ServerRate serverRate() {
        return serverRate;
    }

    /** How busy this process is as a server; kept by the inbound filters. */
    public ServerLoad serverLoad() {
        return serverLoad;
    }

    RandomGenerator random() {
        return parts.random;
    }

    /** The layers that every call goes through, as {@link MeshBuilder#stack} left them. */
    public Stack stack() {
        return stack;
    }

    /** The policies in force now, and news of them. A call keeps those that it began with. */
    public PolicyStore policy() {
        return policies;
    }

    /** Who this process is, now and after each rotation; null where it was given no source of identities. */
    public @Nullable Keyring identity() {
        return identity;
    }

    /**
     * What this mesh still waits for, in words; empty when it is ready. Calls can be made before: each waits for what
     * it needs, within its deadline.
     */
    public List<String> waitingFor() {
        List<String> waiting = new ArrayList<>();
        PolicyStatus policy = policies.status();
        if (parts.hasPolicySource() && policy.state() == PolicyStatus.State.NONE) {
            waiting.add("policy: " + (policy.reason().isEmpty() ? "no answer yet" : policy.reason()));
        }
        if (identity != null && identity.current() == null) {
            String trouble = identity.trouble();
            waiting.add("identity from " + identity.source() + ": " + (trouble == null ? "no answer yet" : trouble));
        }
        clusters().values().stream().filter(cluster -> !cluster.resolved()).forEach(cluster -> {
            String trouble = cluster.trouble();
            waiting.add("endpoints of " + cluster.service() + ": " + (trouble == null ? "no answer yet" : trouble));
        });
        return waiting;
    }

    /** Why calls of one kind are treated as they are: each effective value and the layer that set it. */
    public Explanation explain(String service, String method, String path) {
        return policies.current().explain(service, method, path, LayerValues.NONE);
    }

    /** The services that were called so far, with their nodes as they are now. */
    public Map<String, Cluster> clusters() {
        Map<String, Cluster> clusters = new TreeMap<>();
        services.forEach((name, service) -> clusters.put(name, service.cluster()));
        return clusters;
    }

    MeshService service(String name) {
        MeshService service = services.get(name);
        if (service == null) {
            if (services.size() >= parts.maxServices) {
                throw new IllegalStateException(
                        "this mesh calls " + parts.maxServices + " services already and does not take on '" + name
                                + "'; are names of services made from input? (MeshBuilder.maxServices)");
            }
            service = services.computeIfAbsent(name, n -> new MeshService(n, time));
        }
        if (!closing.get()) {
            service.follow(resolver);
        }
        if (closing.get()) {
            // It may have come too late for close() to see it.
            service.close();
        }
        return service;
    }

    boolean closing() {
        return closing.get();
    }

    /** Takes no new calls, lets those under way end within the drain limit, cuts off the others, ends all threads. */
    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        long until = Time.plus(time.nanos(), Time.inNanos(parts.drain));
        while (inFlight() > 0
                && time.nanos() - until < 0
                && !Thread.currentThread().isInterrupted()) {
            // Calls end on many threads and tell nobody: that keeps their path free of a shared counter.
            long look = time.nanos() + DRAIN_LOOK_NANOS;
            time.park(() -> inFlight() == 0, until - look < 0 ? until : look);
        }
        long left = inFlight();
        if (left > 0) {
            log.warn("closing with {} calls still under way after {}; they are cut off", left, parts.drain);
        }
        // While what they go on with is still there.
        services.values().forEach(service -> service.pauses().close());
        companions.forEach(this::end);
        close(policies);
        services.values().forEach(Mesh::close);
        close(resolver);
        if (identity != null) {
            close(identity);
        }
        close(serverRate);
        if (parts.rateShares != null) {
            close(parts.rateShares);
        }
    }

    /** Has {@code companion} closed with the mesh, before its sources are; at once where the mesh closes already. */
    void accompany(AutoCloseable companion) {
        companions.add(companion);
        if (closing.get()) {
            end(companion);
        }
    }

    private void end(AutoCloseable companion) {
        if (companions.remove(companion)) {
            close(companion);
        }
    }

    /** What one of them does wrong keeps none of the others open. */
    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            log.warn("closing {} failed", part, e);
        }
    }

    private long inFlight() {
        return services.values().stream()
                .mapToLong(service -> service.inFlight().sum())
                .sum();
    }
}
