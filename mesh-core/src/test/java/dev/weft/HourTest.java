package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.ServedWire.Ask;
import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.ChangingPolicy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Leftovers;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedResolver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * An hour of 280 calls a second, a million in all, in virtual time: to servers that fall ill, hang, refuse and throttle,
 * under a list that changes every 100 ms, policies that change every 30 s and callers that give up. At half time and at the
 * end every counter is back at zero, no timer is set, nothing is open that should be closed, and the second half has left
 * no memory behind: an entry for each key, or for each call, would be tens of megabytes.
 */
class HourTest {
    private static final Duration HALF = Duration.ofMinutes(30);
    /** Several times the deadline of a call. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final long GAP_NANOS = 1_000_000_000 / 280;
    private static final int SERVERS = 12;
    private static final List<Endpoint> LISTED = IntStream.range(0, SERVERS)
            .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
            .toList();
    private static final int ASKED_BY_ALL = 4;
    /** Half a million calls are to leave less than eight bytes each. */
    private static final long MARGIN_BYTES = 4_000_000;
    /** Rounds that look after calls, and the test's own. */
    private static final int MARGIN_TIMERS = 30;

    private final FakeTime time = new FakeTime();
    private final Random chance = new Random(1);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final ScriptedPolicySource source = new ScriptedPolicySource();
    private final ChangingPolicy policy = new ChangingPolicy(source, SERVERS, chance, "  fallback: {service: spare}\n");
    private final ServedWire wire = new ServedWire(time, new Random(2));
    /** Nodes that were in the list of late. */
    private final Deque<Node> seen = new ArrayDeque<>();

    private long calls;
    private long ended;
    private Duration idle = Duration.ZERO;

    @Test
    void nothingIsLeftOfAMillionCallsThroughTroubleAndChange() {
        try (Mesh mesh = Mesh.builder()
                .resolver(resolver)
                .policy(source)
                .metrics(registry)
                .time(time)
                .random(new Random(3))
                .start()) {
            resolver.serve("spare", "10.0.1.1:80");
            MeshClient<String> client = mesh.client(wire);
            // What is loaded and cached once is there after the first; what chains have kept of its calls goes with
            // them.
            half(mesh, client);
            otherChains(client);
            long memory = Leftovers.usedBytes();
            half(mesh, client);
            assertThat(Leftovers.usedBytes() - memory).as("bytes more").isLessThan(MARGIN_BYTES);
        }
        assertThat(time.elapsed())
                .as("when the mesh was closed, having waited for no call")
                .isEqualTo(idle);
        assertThat(calls).isGreaterThan(1_000_000);
        assertThat(wire.troubles()).as("attempts that met trouble").isGreaterThan(100_000);
        assertThat(wire.open()).as("resources").isEmpty();
        assertThat(registry.getMeters()).as("meters").isEmpty();
        time.advance(Duration.ofMinutes(1));
        assertThat(time.pending()).as("timers").isZero();
    }

    private void half(Mesh mesh, MeshClient<String> client) {
        long end = time.nanos() + HALF.toNanos();
        // A change of policy takes what it left behind with it, and is not to hide it all.
        long calm = end - HALF.toNanos() / 2;
        policy.usual();
        every(Duration.ofMillis(100), end, () -> change(mesh));
        every(Duration.ofSeconds(30), calm, this::otherPolicy);
        every(Duration.ofNanos(GAP_NANOS), end, () -> call(client));
        time.advance(HALF);
        wire.allWell();
        Duration moment = Duration.ofSeconds(1);
        every(Duration.ofNanos(GAP_NANOS), time.nanos() + moment.toNanos(), () -> call(client));
        time.advance(moment);
        long last = time.nanos() + PATIENCE.toNanos();
        while (ended < calls) {
            assertThat(time.nanos())
                    .as("%s calls that never end", calls - ended)
                    .isLessThan(last);
            time.advance(Duration.ofMillis(1));
        }
        assertThat(time.pending()).as("timers that no call waits for").isLessThan(MARGIN_TIMERS);
        time.advance(Duration.ofMinutes(1));
        assertIdle(mesh);
        idle = time.elapsed();
    }

    private void otherChains(MeshClient<String> client) {
        policy.change();
        policy.usual();
        call(client);
        time.advance(Duration.ofMinutes(1));
    }

    private void every(Duration gap, long endNanos, Runnable work) {
        work.run();
        if (time.nanos() + gap.toNanos() - endNanos < 0) {
            time.after(gap.toNanos(), () -> every(gap, endNanos, work));
        }
    }

    private void otherPolicy() {
        // What the last one left is seldom collected by itself in an hour that takes a few seconds.
        System.gc();
        policy.change();
    }

    /** Some of the servers are listed, and one of all has another mood. */
    private void change(Mesh mesh) {
        resolver.serveSome("inventory", LISTED, chance);
        wire.mood("10.0.0." + chance.nextInt(SERVERS) + ":80");
        Cluster cluster = mesh.clusters().get("inventory");
        if (cluster != null) {
            seen.addAll(cluster.nodes());
        }
        while (seen.size() > 1_000) {
            seen.remove();
        }
    }

    private void call(MeshClient<String> client) {
        calls++;
        // Most ask something of their own; some ask what others ask at the same time.
        String path = "/items/" + (chance.nextInt(ASKED_BY_ALL) == 0 ? 0 : calls);
        Route<String> route = client.route("inventory", "GET", path, LayerValues.NONE);
        Call call = route.newCall(new Ask(path, "user-" + calls), Pace.async(time, Runnable::run), Context.root());
        call.onEnd(over -> ended++);
        route.send(call);
        if (chance.nextInt(20) == 0) {
            time.after(chance.nextInt(50_000_000), call::cancel);
        }
    }

    private void assertIdle(Mesh mesh) {
        assertThat(ended).as("calls that have ended").isEqualTo(calls);
        Leftovers.assertNone(mesh, registry, seen, time.pending());
        assertThat(Objects.requireNonNull(mesh.clusters().get("inventory")).nodes())
                .as("nodes in the list, of which others have nothing open")
                .containsAll(wire.open().stream()
                        .filter(node -> node.service().equals("inventory"))
                        .toList());
    }
}
