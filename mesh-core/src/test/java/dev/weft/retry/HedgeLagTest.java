package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A process whose timers come late is one for which all that it waits for comes late: a second leg gives it only more to do. */
class HedgeLagTest {
    private static final Duration USUAL = Duration.ofMillis(10);

    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");

    private Call begin(Route<String> route) {
        Call call = route.newCall("request", AnyPace.ASYNC.on(time), Context.root());
        assertThat(route.send(call)).isNotNull();
        return call;
    }

    private void answered(Route<String> route) {
        wire.script(attempt -> Answer.ok("stock").after(USUAL));
        for (int i = 0; i < 400; i++) {
            begin(route);
            time.advance(USUAL);
        }
    }

    /** What a call takes whose first leg is never answered. */
    private Duration hedged(Route<String> route) {
        wire.script(attempt ->
                attempt.number() == 1 ? Answer.never() : Answer.ok("hedged").after(USUAL));
        Call call = begin(route);
        time.advance(Duration.ofMillis(200));
        assertThat(call.ended()).isTrue();
        return Duration.ofNanos(call.headNanos() - call.startNanos());
    }

    @Test
    void itWaitsForAsLongBeforeItHedges() {
        try (Mesh mesh = Mesh.builder()
                .time(time)
                .random(new Random(42))
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"))
                .start()) {
            Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
            wire.safe(true);
            answered(route);
            assertThat(hedged(route)).isBetween(Duration.ofMillis(20), Duration.ofMillis(25));

            answered(route);
            for (int i = 0; i < 100; i++) {
                Call call = begin(route);
                time.stall(Duration.ofMillis(16));
                assertThat(call.ended()).isTrue();
            }
            assertThat(hedged(route)).isBetween(Duration.ofMillis(40), Duration.ofMillis(80));

            answered(route);
            assertThat(hedged(route)).isLessThan(Duration.ofMillis(30));
        }
    }
}
