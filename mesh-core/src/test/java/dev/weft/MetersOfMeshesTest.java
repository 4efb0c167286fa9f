package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Pace;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.StillWire;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a mesh shows in a registry, and what several show that share one. */
class MetersOfMeshesTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private Mesh mesh(boolean buckets) {
        return Mesh.builder()
                .metrics(registry, buckets)
                .serves("inventory")
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80"))
                .start();
    }

    private static void call(Mesh mesh) {
        Route<String> route = mesh.client(new StillWire()).route("inventory", "GET", "/", LayerValues.NONE);
        route.send(route.newCall("request", Pace.blocking(mesh.time()), Context.root()));
    }

    private List<String> shown(String prefix) {
        return registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .filter(name -> name.startsWith(prefix))
                .distinct()
                .sorted()
                .toList();
    }

    private double calls() {
        return registry.get("weft.client.calls")
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    @Test
    void ofItsRequestsAreShownAsLongAsItIsOpen() {
        Mesh mesh = mesh(false);
        assertThat(shown("weft.server."))
                .containsExactly(
                        "weft.server.limiting",
                        "weft.server.observed",
                        "weft.server.rate.observed",
                        "weft.server.refused",
                        "weft.server.requests");

        mesh.close();

        assertThat(shown("weft.")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofSeveralCountAllCallsAndOutliveTheFirstThatCloses(boolean buckets) {
        Mesh first = mesh(buckets);
        Mesh second = mesh(buckets);
        call(first);
        call(second);
        call(second);
        assertThat(calls()).isEqualTo(3);
        List<String> shown = shown("weft.");

        first.close();

        assertThat(shown("weft.")).isEqualTo(shown).contains("weft.server.refused", "weft.policy.state");
        assertThat(calls()).isEqualTo(3);
        call(second);
        assertThat(calls()).isEqualTo(4);
        assertThat(registry.get("weft.client.endpoints")
                        .tag("state", "healthy")
                        .gauge()
                        .value())
                .isEqualTo(1);

        second.close();

        assertThat(shown("weft.")).isEmpty();
    }

    @Test
    void areToldApartByATagOfTheRegistryThatEachIsGiven() {
        CompositeMeterRegistry own = new CompositeMeterRegistry();
        own.config().commonTags("mesh", "second");
        own.add(registry);
        Mesh first = mesh(false);
        Mesh second = Mesh.builder().metrics(own).serves("pricing").start();

        second.close();

        assertThat(registry.find("weft.server.requests").tag("mesh", "second").gauge())
                .isNull();
        assertThat(shown("weft.server.")).contains("weft.server.requests");
        first.close();
    }
}
