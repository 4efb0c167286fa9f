package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.endpoint.Backlog;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.LayerValues;
import dev.weft.policy.PolicySource;
import dev.weft.policy.PolicyText;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedResolver;
import dev.weft.testkit.ScriptedWire;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** A mesh of one service over a scripted wire; one attempt per call, each node in its turn. */
final class Rig implements AutoCloseable {
    static final String A = "10.0.0.1:80";
    static final String B = "10.0.0.2:80";
    static final String C = "10.0.0.3:80";

    final FakeTime time = new FakeTime();
    final ScriptedWire<String> wire = new ScriptedWire<>("well");
    final ScriptedResolver resolver = new ScriptedResolver();
    final MeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicReference<PolicySource.Listener> policy = new AtomicReference<>();
    private final Mesh mesh;
    private final MeshClient<String> client;

    /** @param set keys and values of policy */
    Rig(Map<String, String> set) {
        MeshBuilder builder = Mesh.builder()
                .time(time)
                .random(new Random(11))
                .drain(Duration.ZERO)
                .resolver(resolver)
                .metrics(registry)
                .policy(new PolicySource() {
                    @Override
                    public String name() {
                        return "test";
                    }

                    @Override
                    public void start(Listener listener) {
                        policy.set(listener);
                    }

                    @Override
                    public void close() {}
                })
                .set("retry.attempts", "1")
                .set("balancer.kind", "roundRobin")
                .set("discovery.wait", "10ms");
        set.forEach(builder::set);
        resolver.serve("inventory", A, B, C);
        mesh = builder.start();
        client = mesh.client(wire);
    }

    /** Has the shared policy say this of all services from now on; YAML. */
    void says(String defaults) {
        policy("weft: 1\ndefaults: " + defaults + "\n");
    }

    /** Has the shared policy be this text from now on. */
    void policy(String text) {
        Objects.requireNonNull(policy.get()).text(new PolicyText("test", text.getBytes(StandardCharsets.UTF_8), 0));
    }

    void serve(Endpoint... endpoints) {
        resolver.serve("inventory", List.of(endpoints));
    }

    /** So many, {@link #A} first. */
    void serve(int nodes) {
        serve(IntStream.rangeClosed(1, nodes)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toArray(Endpoint[]::new));
    }

    /** A call that has been answered. */
    Call call(AnyPace pace) {
        Route<String> route = route();
        Call call = newCall(route, pace);
        pace.run(time, route::send, call);
        return call;
    }

    void calls(AnyPace pace, int number) {
        for (int i = 0; i < number; i++) {
            call(pace);
        }
    }

    /** An async call that may be under way still. */
    Call begin() {
        return begin(Context.root());
    }

    /** The same, made in that context. */
    Call begin(Context context) {
        Route<String> route = route();
        Call call = route.newCall("request", AnyPace.ASYNC.on(time), context);
        route.send(call);
        return call;
    }

    Route<String> route() {
        return client.route("inventory", "GET", "/", LayerValues.NONE);
    }

    Call newCall(Route<String> route, AnyPace pace) {
        return route.newCall("request", pace.on(time), Context.root());
    }

    Cluster cluster() {
        route();
        return Objects.requireNonNull(mesh.clusters().get("inventory"));
    }

    Node node(String address) {
        return cluster().nodes().stream()
                .filter(node -> node.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    List<String> ejected() {
        return cluster().nodes().stream()
                .filter(node -> node.standing().ejected())
                .map(Node::address)
                .toList();
    }

    /** Answers took a millisecond; then 200 waited, and it was a second. All have left. */
    static void overload(Cluster cluster, FakeTime time) {
        Backlog backlog = cluster.backlog();
        for (int i = 0; i < 20; i++) {
            backlog.entered(time.nanos());
            time.advance(Duration.ofMillis(10));
            backlog.answered(1_000_000, time.nanos());
        }
        IntStream.range(0, 200).forEach(i -> backlog.entered(time.nanos()));
        for (int i = 0; i < 20; i++) {
            time.advance(Duration.ofMillis(10));
            backlog.answered(1_000_000_000, time.nanos());
        }
        backlog.admits(500_000_000, 0.9, time.nanos());
        assertThat(backlog.limiting(time.nanos())).isTrue();
        IntStream.range(0, 180).forEach(i -> backlog.left());
    }

    /** How many attempts that node has had. */
    long asked(String address) {
        return wire.asked().stream().filter(address::equals).count();
    }

    @Override
    public void close() {
        mesh.close();
    }
}
