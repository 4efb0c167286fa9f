package dev.weft.quickstart.stage;

import dev.weft.Mesh;
import dev.weft.http.MeshHttp;
import dev.weft.quickstart.shop.Storefront;
import dev.weft.quickstart.view.Promised;
import dev.weft.quickstart.view.View;
import dev.weft.time.Time;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a scene has to play on. For use by one thread, that of the day. */
public final class Stage implements AutoCloseable {
    private static final int VISITORS_PER_SECOND = 100;

    private final Time time = Time.system();
    private final long startNanos = time.nanos();
    private final Duration limit;
    private final Backend backend;
    private final double tempo;
    private final View view;
    private final Ledger ledger;
    private final List<ReplicaProcess> replicas;
    private final PolicyDraft policy;
    private final Mesh mesh;
    private final Figures figures;
    private final Storefront storefront;
    private final Traffic traffic;
    private final Onlooker onlooker;

    /**
     * Starts the replicas, the mesh and the traffic.
     *
     * @param tempo 1 for the day as it is, 2 for twice as fast
     * @param limit how long the day may take, from now on
     */
    public Stage(Backend backend, View view, Path folder, double tempo, Duration limit) {
        this.backend = backend;
        this.limit = limit;
        this.view = view;
        this.tempo = tempo;
        this.ledger = new Ledger(view);
        this.replicas = Stream.of("inventory-1", "inventory-2", "inventory-3", "pricing-1")
                .map(name -> new ReplicaProcess(name, backend.replicaArguments(), folder))
                .toList();
        replicas.forEach(replica -> backend.join(replica.awaitReady()));
        this.policy = new PolicyDraft(resource("policy.yaml"), backend::save);
        backend.write(policy);
        policy.save();
        MeterRegistry registry = new SimpleMeterRegistry();
        this.mesh = backend.mesh().metrics(registry).start();
        this.figures = new Figures(registry);
        view.say("Warming up");
        this.storefront = new Storefront(MeshHttp.create(mesh));
        this.traffic = new Traffic(storefront, time, VISITORS_PER_SECOND);
        this.onlooker = new Onlooker(time, view, mesh, figures, traffic, replicas);
    }

    private static String resource(String name) {
        try (InputStream in = Stage.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void say(String words) {
        view.say(words);
    }

    /** Begins a scene: promises from now on are its own. */
    public void scene(String title) {
        ledger.scene(title);
    }

    /** Enters a promise that was held or broken. */
    public void promise(String what, String expected, Object seen, boolean held) {
        ledger.enter(what, expected, seen.toString(), held);
    }

    public List<Promised> promises() {
        return ledger.promises();
    }

    public ReplicaProcess replica(String name) {
        return replicas.stream()
                .filter(replica -> replica.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The policy, to edit and to save. */
    public PolicyDraft policy() {
        return policy;
    }

    public Mesh mesh() {
        return mesh;
    }

    /** What operators read elsewhere of how this process stands with the policy; null where nothing is published. */
    public @Nullable String published() {
        return backend.published();
    }

    /** For calls of the scene's own. */
    public Storefront storefront() {
        return storefront;
    }

    public Figures figures() {
        return figures;
    }

    /** How many replicas of {@code service} are left out because they failed. */
    public int ejected(String service) {
        return Objects.requireNonNull(mesh.clusters().get(service)).ejections().count();
    }

    /** What the callers of {@code service} have seen so far. */
    public Seen seen(String service) {
        return traffic.tally(service).seen();
    }

    /**
     * Lets things be for a while.
     *
     * @throws Overdue as {@link #until} does
     */
    public void hold(double seconds) {
        until(seconds / tempo, () -> false);
    }

    /**
     * Whether {@code done} came true within that time, which is not shortened by the tempo.
     *
     * @throws Overdue when the day has taken longer than it may
     */
    public boolean until(double seconds, BooleanSupplier done) {
        Duration wanted = Duration.ofMillis((long) (seconds * 1000));
        Duration left = limit.minus(elapsed());
        boolean came = Patience.until(time, wanted.compareTo(left) < 0 ? wanted : left, done);
        if (overdue()) {
            throw new Overdue();
        }
        return came;
    }

    /** Since the day began. */
    public Duration elapsed() {
        return Duration.ofNanos(time.nanos() - startNanos);
    }

    /** How long the day may take. */
    public Duration limit() {
        return limit;
    }

    /** Whether the day takes longer than it may. */
    public boolean overdue() {
        return elapsed().compareTo(limit) > 0;
    }

    /** Waits until all calls of visitors who came before now have ended. */
    public void settle() {
        long before = traffic.arrivals();
        until(10, () -> traffic.settled(before));
    }

    /** Ends traffic, mesh and replicas, in this order. */
    @Override
    public void close() {
        traffic.close();
        onlooker.close();
        mesh.close();
        replicas.forEach(ReplicaProcess::close);
    }
}
