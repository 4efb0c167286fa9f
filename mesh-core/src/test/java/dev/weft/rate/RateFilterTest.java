package dev.weft.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.MeshClient;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Pace;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Allocation;
import dev.weft.testkit.Answer;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedWire;
import dev.weft.testkit.StillWire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RateFilterTest {
    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("well");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MeshBuilder builder = Mesh.builder()
            .time(time)
            .drain(Duration.ZERO)
            .metrics(registry)
            .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80"));
    private Mesh mesh = Mesh.builder().start();
    private MeshClient<String> client = mesh.client(wire);

    @AfterEach
    void close() {
        mesh.close();
    }

    private void start() {
        mesh.close();
        mesh = builder.start();
        client = mesh.client(wire);
    }

    private Call call(String path, Context context) {
        Route<String> route = client.route("inventory", "GET", path, LayerValues.NONE);
        Call call = route.newCall("request", Pace.blocking(time), context);
        route.send(call);
        return call;
    }

    private int gone(int calls, String path) {
        int gone = 0;
        for (int i = 0; i < calls; i++) {
            gone += call(path, Context.root()).fate() == Fate.REJECTED_RATE ? 0 : 1;
        }
        return gone;
    }

    @Test
    void whatComesFasterIsRefusedAndNotSent() {
        builder.set("rate.limit", "10/s").set("rate.burst", "3");
        start();
        assertThat(gone(8, "/")).isEqualTo(3);
        assertThat(wire.attempts()).hasSize(3);
        time.advance(Duration.ofMillis(200));
        assertThat(gone(8, "/")).isEqualTo(2);
        Call refused = call("/", Context.root());
        assertThat(refused.verdict()).isEqualTo(Verdict.REJECTED);
        assertThat(Objects.requireNonNull(refused.outcome()).toString())
                .contains("inventory: more calls than 10/s (rate.limit)", "in 101 ms", "not sent");
    }

    @Test
    void aCallIsOneHoweverOftenItIsTried() {
        builder.set("rate.limit", "1/min").set("rate.burst", "1");
        wire.next(Answer.failure(Verdict.LOST), Answer.failure(Verdict.UNSENT));
        start();
        assertThat(call("/", Context.root()).fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
        assertThat(call("/", Context.root()).fate()).isEqualTo(Fate.REJECTED_RATE);
    }

    @Test
    void observingCountsAndLetsPass() {
        builder.set("rate.limit", "10/s").set("rate.burst", "3").set("rate.mode", "observe");
        start();
        assertThat(gone(8, "/")).isEqualTo(8);
        assertThat(registry.get("weft.client.rate.observed").gauge().value()).isEqualTo(5);
    }

    @Test
    void withoutAWordThereIsNone() {
        start();
        assertThat(gone(1_000, "/")).isEqualTo(1_000);
    }

    @Test
    void eachValueOfTheKeyHasTheLimitForItself() {
        builder.set("rate.limit", "1/min").set("rate.key", "baggage:tenant");
        start();
        Context acme = Baggage.builder().put("tenant", "acme").build().storeInContext(Context.root());
        Context other = Baggage.builder().put("tenant", "other").build().storeInContext(Context.root());
        assertThat(call("/", acme).fate()).isEqualTo(Fate.SUCCESS);
        assertThat(call("/", acme).fate()).isEqualTo(Fate.REJECTED_RATE);
        assertThat(call("/", other).fate()).isEqualTo(Fate.SUCCESS);
        assertThat(gone(3, "/")).isEqualTo(1);
    }

    @Test
    void aRouteThatSaysSoHasItsOwnAndTheOthersShareTheServices() {
        ScriptedPolicySource policy = new ScriptedPolicySource();
        builder.policy(policy);
        start();
        policy.says("""
                weft: 1
                services:
                  inventory:
                    rate: {limit: 4/min}
                    routes:
                      - {name: book, match: {path: /book}, rate: {limit: 1/min}}
                      - {name: cancel, match: {path: /cancel}, rate: {limit: 1/min}}
                      - {name: read, match: {path: /read}, deadline: {total: 1s}}
                """);
        assertThat(gone(3, "/book")).isEqualTo(1);
        assertThat(gone(3, "/cancel")).isEqualTo(1);
        assertThat(gone(3, "/read")).isEqualTo(3);
        assertThat(gone(3, "/other")).isEqualTo(1);
    }

    @Test
    void costsNoMemoryOnTheWayOfACall() {
        start();
        StillWire still = new StillWire();
        Pace pace = Pace.blocking(time);
        double without = bytes(mesh.client(still), still, pace);
        builder.set("rate.limit", "1000000/s").set("rate.burst", "1000000");
        start();
        assertThat(bytes(mesh.client(still), still, pace)).isCloseTo(without, within(0.5));
    }

    private static double bytes(MeshClient<String> through, StillWire still, Pace pace) {
        return Allocation.bytesEach(5_000, () -> {
            Route<String> route = through.route("inventory", "GET", "/", LayerValues.NONE);
            Call call = route.newCall("request", pace, Context.root());
            route.send(call);
            still.answer();
            if (call.fate() != Fate.SUCCESS) {
                throw new AssertionError(call.fate());
            }
        });
    }
}
