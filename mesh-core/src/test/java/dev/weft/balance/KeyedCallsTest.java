package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.call.RequestPart;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.StillWire;
import io.opentelemetry.context.Context;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key's whole way: from the request to the node that it chooses. */
class KeyedCallsTest {
    private static final int ENDPOINTS = 10;

    /** Has the request's own text in its header, its cookie and its path, and remembers where it went. */
    private static final class Speaking extends StillWire {
        private @Nullable Node node;

        @Override
        public String read(Call call, RequestPart part, String name) {
            return part == RequestPart.PATH ? "/items/" + call.request() : (String) call.request();
        }

        @Override
        public Reply<String> call(Call attempt) {
            node = attempt.node();
            return super.call(attempt);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"header:x-user", "cookie:session", "path:/items/{id}"})
    void aKeyOfAMegabyteHasANodeOfItsOwnLikeAnyOther(String key) {
        String[] addresses = IntStream.range(0, ENDPOINTS)
                .mapToObj(i -> "10.0.0." + i + ":80")
                .toArray(String[]::new);
        try (Mesh mesh = Mesh.builder()
                .time(new FakeTime())
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .set("balancer.kind", "maglev")
                .set("balancer.hash.key", key)
                .start()) {
            Speaking wire = new Speaking();
            MeshClient<String> client = mesh.client(wire);
            String megabyte = "k".repeat(1_000_000);
            Set<Node> used = new HashSet<>();
            for (char last = 'a'; last <= 'z'; last++) {
                Node first = ask(mesh, client, wire, megabyte + last);
                assertThat(ask(mesh, client, wire, megabyte + last)).isSameAs(first);
                used.add(first);
            }
            assertThat(used).hasSizeGreaterThan(ENDPOINTS / 2);
        }
    }

    private static Node ask(Mesh mesh, MeshClient<String> client, Speaking wire, String text) {
        Route<String> route = client.route("inventory", "GET", "/items/7", LayerValues.NONE);
        Reply<String> reply = route.send(route.newCall(text, Pace.blocking(mesh.time()), Context.root()));
        assertThat(reply).isInstanceOf(Outcome.class);
        return Objects.requireNonNull(wire.node);
    }
}
