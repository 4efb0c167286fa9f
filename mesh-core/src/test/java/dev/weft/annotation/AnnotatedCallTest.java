package dev.weft.annotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Criticality;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.FilePolicySource;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From an annotation to the call as the wire sees it. */
class AnnotatedCallTest {
    private static final StaticResolver NODES = StaticResolver.empty().with("inventory", "10.0.0.1:80");

    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");

    @ServiceName("inventory")
    @Timeout("2s")
    interface InventoryApi {
        @Timeout("300ms")
        @Critical(Criticality.SHEDDABLE)
        String stock();

        String plain();
    }

    private static LayerValues declared(Mesh mesh, String method) throws NoSuchMethodException {
        return DeclaredClient.of(InventoryApi.class, mesh.policy().current().settings())
                .values(InventoryApi.class.getDeclaredMethod(method));
    }

    private Call call(MeshBuilder builder, String method, AnyPace pace, Context context) throws Exception {
        try (Mesh mesh = builder.time(time).resolver(NODES).start()) {
            Route<String> route = mesh.client(wire).route("inventory", "GET", "/stock", declared(mesh, method));
            Call call = route.newCall("request", pace.on(time), context);
            pace.run(time, route::send, call);
            return call;
        }
    }

    private static Duration allowed(Call call) {
        return Duration.ofNanos(call.deadlineNanos() - call.startNanos());
    }

    @ParameterizedTest
    @EnumSource
    void annotationsGovernTheCall(AnyPace pace) throws Exception {
        Call call = call(Mesh.builder(), "stock", pace, Context.root());

        assertThat(allowed(call)).isEqualTo(Duration.ofMillis(300));
        assertThat(wire.attempts())
                .singleElement()
                .satisfies(
                        attempt -> assertThat(Criticality.in(attempt.context())).isEqualTo(Criticality.SHEDDABLE));
        assertThat(allowed(call(Mesh.builder(), "plain", pace, Context.root()))).isEqualTo(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @EnumSource
    void criticalityThatTheWorkBearsAlreadyIsKept(AnyPace pace) throws Exception {
        Context urgent = Criticality.CRITICAL_PLUS.storeInContext(Context.root());
        call(Mesh.builder(), "stock", pace, urgent);

        assertThat(wire.attempts())
                .singleElement()
                .satisfies(
                        attempt -> assertThat(Criticality.in(attempt.context())).isEqualTo(Criticality.CRITICAL_PLUS));
    }

    @ParameterizedTest
    @EnumSource
    void applicationOverridesAnnotations(AnyPace pace) throws Exception {
        Call call = call(Mesh.builder().set("inventory", "deadline.total", "70ms"), "stock", pace, Context.root());

        assertThat(allowed(call)).isEqualTo(Duration.ofMillis(70));
    }

    @Test
    void sharedPolicyOverridesAnnotationsWhileEverythingRuns(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("policy.yaml"), "weft: 1\n");
        try (Mesh mesh = Mesh.builder()
                .resolver(NODES)
                .policy(new FilePolicySource(file, Time.system()))
                .start()) {
            MeshClient<String> client = mesh.client(wire);
            LayerValues declared = declared(mesh, "stock");
            Route<String> before = client.route("inventory", "GET", "/stock", declared);
            assertThat(before.policy().explain())
                    .anySatisfy(row -> assertThat(row)
                            .hasToString("Explained[key=deadline.total, value=300ms,"
                                    + " origin=annotation (InventoryApi.stock @Timeout)]"));
            assertThat(client.route("inventory", "GET", "/stock", declared)).isSameAs(before);

            Files.writeString(
                    file,
                    "services: {inventory: {routes: [{name: stock, match: {path: /stock}, deadline: {total: 40ms}}]}}");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(client.route("inventory", "GET", "/stock", declared)
                                    .policy()
                                    .explain())
                            .anySatisfy(row -> assertThat(row)
                                    .hasToString("Explained[key=deadline.total, value=40ms, origin=policy route ("
                                            + file + ":1:88)]")));
            assertThat(before.policy().route()).isEmpty();
        }
    }
}
