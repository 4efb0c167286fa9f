package dev.weft;

import dev.weft.admission.Admission;
import dev.weft.endpoint.Resolver;
import dev.weft.endpoint.StaticResolver;
import dev.weft.identity.IdentitySource;
import dev.weft.identity.Keyring;
import dev.weft.identity.TlsSettings;
import dev.weft.observe.PolicyMeters;
import dev.weft.policy.ApplicationPolicy;
import dev.weft.policy.PolicySource;
import dev.weft.policy.PolicyStore;
import dev.weft.policy.Setting;
import dev.weft.policy.Settings;
import dev.weft.rate.RateShares;
import dev.weft.stack.ConnectSettings;
import dev.weft.stack.DiscoverySettings;
import dev.weft.stack.HttpSettings;
import dev.weft.stack.Stack;
import dev.weft.time.Chance;
import dev.weft.time.Time;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link Mesh} together. Everything has a default: without a word, calls go to the endpoints of an empty
 * static list under the built-in policy. Not thread-safe.
 */
public final class MeshBuilder {
    private static final Logger log = LoggerFactory.getLogger(MeshBuilder.class);

    Time time = Time.system();
    RandomGenerator random = Chance.perThread();
    Duration drain = Duration.ofSeconds(10);
    int maxServices = 1_000;
    String serves = "";
    OpenTelemetry openTelemetry = OpenTelemetry.noop();

    @Nullable
    MeterRegistry registry;

    boolean buckets;

    @Nullable
    RateShares rateShares;

    private @Nullable Resolver resolver;
    private final Map<String, Resolver> sources = new LinkedHashMap<>();
    private @Nullable IdentitySource identitySource;
    private @Nullable PolicySource policySource;
    private @Nullable Path stateFolder;
    private UnaryOperator<Stack> stack = UnaryOperator.identity();
    private final List<Function<? super Mesh, ? extends AutoCloseable>> companions = new ArrayList<>();
    private final List<Consumer<ApplicationPolicy.Builder>> application = new ArrayList<>();

    MeshBuilder() {}

    /** Where endpoints come from; the mesh closes it. */
    public MeshBuilder resolver(Resolver resolver) {
        this.resolver = resolver;
        return this;
    }

    /**
     * A source of endpoints that policy can choose by its name ({@code discovery.sources}); the mesh closes it. Of
     * services for which policy chooses none, all sources are asked in the order given here, the first that knows any
     * endpoint counts, unless {@link #resolver} says otherwise.
     *
     * @param name letters, digits, {@code _} and {@code -}
     */
    public MeshBuilder source(String name, Resolver source) {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("source name '" + name + "' has more than letters, digits, _ and -");
        }
        if (sources.putIfAbsent(name, source) != null) {
            throw new IllegalArgumentException("there are two sources called '" + name + "'");
        }
        return this;
    }

    /** Where the shared policy comes from: a file, Consul; the mesh closes it. */
    public MeshBuilder policy(PolicySource source) {
        this.policySource = source;
        return this;
    }

    /** Who divides the limits that policy says are shared ({@code rate.shared}) among processes; the mesh closes it. */
    public MeshBuilder rateShares(RateShares shares) {
        this.rateShares = shares;
        return this;
    }

    /** Where the process's identity comes from; without one there is no mTLS. The mesh closes it. */
    public MeshBuilder identity(IdentitySource source) {
        this.identitySource = source;
        return this;
    }

    /**
     * A folder of this process's own for what should outlive it: the last good policy, used when the next start
     * finds its source away. Nothing is kept without one.
     */
    public MeshBuilder stateFolder(Path folder) {
        this.stateFolder = folder;
        return this;
    }

    /** A value of the application's own for every service, written as in a policy: {@code set("retry.attempts", "2")}. */
    public MeshBuilder set(String key, String value) {
        application.add(builder -> builder.set(key, value));
        return this;
    }

    /** A value of the application's own for one service. */
    public MeshBuilder set(String service, String key, String value) {
        application.add(builder -> builder.set(service, key, value));
        return this;
    }

    /**
     * What those call it who call this process: the service whose section of the policy holds for what it does as a server
     * ({@code server.*}). Without a name the defaults hold.
     */
    public MeshBuilder serves(String service) {
        this.serves = service;
        return this;
    }

    /** The zone in which this process runs, in the words of discovery: calls stay in it as far as it can take them. */
    public MeshBuilder zone(String zone) {
        return set("balancer.zone.own", zone);
    }

    /**
     * Which of the instances of its kind this process is, counted from 0, and how many there are: where it uses some of
     * a service's endpoints only, all endpoints then get the same load.
     */
    public MeshBuilder instance(int index, int count) {
        return set("balancer.subset.instance", index + "/" + count);
    }

    /**
     * What traces calls, and whose propagators write the headers. Without one nothing is traced, and the trace and
     * baggage that came in are forwarded in W3C's headers.
     */
    public MeshBuilder openTelemetry(OpenTelemetry openTelemetry) {
        this.openTelemetry = openTelemetry;
        return this;
    }

    /** Where metrics go: counts and sums of durations. Without one nothing is measured. */
    public MeshBuilder metrics(MeterRegistry registry) {
        return metrics(registry, false);
    }

    /** As {@link #metrics(MeterRegistry)}, with durations in the buckets of OpenTelemetry's conventions, if wanted. */
    public MeshBuilder metrics(MeterRegistry registry, boolean buckets) {
        this.registry = registry;
        this.buckets = buckets;
        return this;
    }

    /** Changes the stack: {@code stack(s -> s.before(Slot.RETRY, mine).remove(Slot.BREAKER))}. */
    public MeshBuilder stack(UnaryOperator<Stack> change) {
        UnaryOperator<Stack> before = stack;
        this.stack = s -> change.apply(before.apply(s));
        return this;
    }

    /**
     * Starts something with the mesh and closes it with the mesh, before its sources: what publishes its status, what
     * registers the process.
     */
    public MeshBuilder with(Function<? super Mesh, ? extends AutoCloseable> companion) {
        companions.add(companion);
        return this;
    }

    /** How long {@link Mesh#close} waits for calls under way; 10 s. */
    public MeshBuilder drain(Duration limit) {
        this.drain = limit;
        return this;
    }

    /** How many services one mesh takes on, a bound against names made from input; 1,000. Each takes some 50 KB. */
    public MeshBuilder maxServices(int max) {
        this.maxServices = max;
        return this;
    }

    /** The clock, for tests and simulations. */
    public MeshBuilder time(Time time) {
        this.time = time;
        return this;
    }

    /** Where chance comes from, for tests and simulations. */
    public MeshBuilder random(RandomGenerator random) {
        this.random = random;
        return this;
    }

    /**
     * Starts the mesh. What throws meanwhile, such as a companion, has closed all that was started before it.
     *
     * @throws IllegalArgumentException naming every value that is not accepted
     */
    public Mesh start() {
        Stack standard = ClientStack.standard(this);
        Stack layers = stack.apply(standard);
        Settings settings = settings(standard, layers);
        ApplicationPolicy.Builder own = ApplicationPolicy.builder(settings);
        application.forEach(values -> values.accept(own));
        PolicyStore policies = new PolicyStore(settings, own.build(), time);
        Keyring keyring = identitySource == null ? null : new Keyring(identitySource, time);
        Mesh mesh = new Mesh(this, layers, policies, keyring);
        try {
            start(mesh, policies, keyring);
        } catch (RuntimeException | Error e) {
            mesh.close();
            throw e;
        }
        return mesh;
    }

    private void start(Mesh mesh, PolicyStore policies, @Nullable Keyring keyring) {
        if (registry != null) {
            mesh.accompany(new PolicyMeters(registry, policies, time));
            mesh.publishSources(registry);
            mesh.admission().publish(registry);
            mesh.accompany(mesh.admission());
            mesh.serverRate().publish(registry);
        }
        if (keyring == null) {
            log.info("no source of identities: calls are sent in plain text unless their own client does TLS");
        } else {
            if (registry != null) {
                keyring.publish(registry);
            }
            keyring.start();
        }
        if (policySource != null) {
            policies.start(policySource, stateFolder);
        }
        companions.forEach(companion -> mesh.accompany(companion.apply(mesh)));
    }

    Resolver discovery(PolicyStore policies) {
        if (sources.isEmpty()) {
            return resolver == null ? StaticResolver.empty() : resolver;
        }
        return new PolicySources(policies, sources, resolver);
    }

    boolean hasPolicySource() {
        return policySource != null;
    }

    /**
     * Everything that policy can set: what the layers read, and what transports read. A layer that was taken out
     * leaves its words known, as the shared policy is written for every process alike.
     */
    static Settings settings(Stack standard, Stack layers) {
        List<Setting<?>> all = new ArrayList<>(layers.settings());
        all.addAll(DiscoverySettings.ALL);
        all.addAll(TlsSettings.all());
        all.addAll(ConnectSettings.ALL);
        all.addAll(HttpSettings.ALL);
        all.addAll(Admission.SETTINGS);
        Set<String> keys = all.stream().map(Setting::key).collect(Collectors.toSet());
        standard.settings().stream()
                .filter(setting -> !keys.contains(setting.key()))
                .forEach(all::add);
        return Settings.of(all);
    }
}
