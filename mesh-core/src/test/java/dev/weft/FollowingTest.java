package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import dev.weft.testkit.ScriptedWire;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How a mesh begins and ends to follow what a resolver, which is the user's code, says of a service. */
class FollowingTest {
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    /** A mesh whose resolver does that whenever it is to watch a service. */
    private Mesh mesh(Consumer<String> whenAsked) {
        return Mesh.builder()
                .time(new FakeTime())
                .drain(Duration.ZERO)
                .resolver((service, listener) -> {
                    begun.incrementAndGet();
                    whenAsked.accept(service);
                    listener.endpoints(List.of(Endpoint.parse("10.0.0.1:80")));
                    open.incrementAndGet();
                    return watch();
                })
                .start();
    }

    private Resolver.Watch watch() {
        return open::decrementAndGet;
    }

    private static void route(MeshClient<String> client, String service) {
        client.route(service, "GET", "/", LayerValues.NONE);
    }

    @Test
    void aResolverMayUseTheMeshWhileItBeginsToWatch() {
        MeshClient<?>[] client = new MeshClient<?>[1];
        try (Mesh mesh = mesh(service -> client[0].route("inventory", "GET", "/", LayerValues.NONE))) {
            MeshClient<String> used = mesh.client(wire);
            client[0] = used;
            route(used, "inventory");
            assertThat(begun).hasValue(1);
            assertThat(mesh.clusters()).containsOnlyKeys("inventory");
        }
        assertThat(open).hasValue(0);
    }

    @Test
    void aServiceThatComesWhileTheMeshClosesLeavesNoWatchBehind() {
        Mesh[] closing = new Mesh[1];
        Mesh mesh = mesh(service -> closing[0].close());
        closing[0] = mesh;
        route(mesh.client(wire), "inventory");
        assertThat(begun).hasValue(1);
        assertThat(open).hasValue(0);
    }

    @Test
    void aServiceThatComesAfterTheMeshHasClosedIsNotWatched() {
        Mesh mesh = mesh(service -> {});
        MeshClient<String> client = mesh.client(wire);
        mesh.close();
        route(client, "inventory");
        assertThat(open).hasValue(0);
    }

    @Test
    void aResolverThatFailsToWatchIsAskedAgainByTheNextCall() {
        try (Mesh mesh = mesh(service -> {
            if (begun.get() == 1) {
                throw new IllegalStateException("not yet");
            }
        })) {
            MeshClient<String> client = mesh.client(wire);
            assertThatThrownBy(() -> route(client, "inventory")).hasMessage("not yet");
            route(client, "inventory");
            assertThat(begun).hasValue(2);
        }
        assertThat(open).hasValue(0);
    }

    @Test
    void callsAndCloseAtTheSameMomentLeaveNoWatchBehind() {
        Race.rounds(500, () -> {
            Mesh mesh = mesh(service -> {});
            MeshClient<String> client = mesh.client(wire);
            return Race.of(
                    () -> assertThat(open).hasValue(0),
                    () -> route(client, "inventory"),
                    () -> route(client, "inventory"),
                    mesh::close);
        });
    }
}
