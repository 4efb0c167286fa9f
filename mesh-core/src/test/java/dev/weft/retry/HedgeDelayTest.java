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
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** When an attempt is late enough for a second leg to be worth what it costs. */
class HedgeDelayTest {
    private static final int CALLS = 40;

    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");

    private Call begin(Route<String> route) {
        Call call = route.newCall("request", AnyPace.ASYNC.on(time), Context.root());
        assertThat(route.send(call)).isNotNull();
        return call;
    }

    private void answered(Route<String> route, Duration usual) {
        wire.script(attempt -> Answer.ok("stock").after(usual));
        for (Duration over = Duration.ZERO; over.toSeconds() < 4; over = over.plus(usual)) {
            begin(route);
            time.advance(usual);
        }
    }

    /** What a call takes whose first leg is never answered. */
    private Duration hedged(Route<String> route, Duration usual) {
        wire.script(attempt ->
                attempt.number() == 1 ? Answer.never() : Answer.ok("hedged").after(usual));
        Call call = begin(route);
        time.advance(Duration.ofMillis(200));
        assertThat(call.ended()).isTrue();
        return Duration.ofNanos(call.headNanos() - call.startNanos());
    }

    private void with(Consumer<Route<String>> test) {
        wire.safe(true);
        try (Mesh mesh = Mesh.builder()
                .time(time)
                .random(new Random(42))
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"))
                .start()) {
            test.accept(mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE));
        }
    }

    /** For it all that it waits for comes late, and a second leg gives it only more to do. */
    @Test
    void aProcessWhoseTimersComeLateWaitsForAsLongBeforeItHedges() {
        Duration usual = Duration.ofMillis(10);
        with(route -> {
            answered(route, usual);
            assertThat(hedged(route, usual)).isBetween(Duration.ofMillis(20), Duration.ofMillis(25));

            answered(route, usual);
            for (int i = 0; i < 100; i++) {
                Call call = begin(route);
                time.stall(Duration.ofMillis(16));
                assertThat(call.ended()).isTrue();
            }
            assertThat(hedged(route, usual)).isBetween(Duration.ofMillis(40), Duration.ofMillis(80));

            answered(route, usual);
            assertThat(hedged(route, usual)).isLessThan(Duration.ofMillis(30));
        });
    }

    @Test
    void anAttemptIsLateWhenItTakesLongerThanUsual() {
        Duration usual = Duration.ofMillis(2);
        with(route -> {
            answered(route, usual);
            assertThat(hedged(route, usual)).isBetween(Duration.ofMillis(4), Duration.ofMillis(5));
        });
    }

    @Test
    void whereALegThatIsCutOffCostsItsConnectionNoneIsLateBeforeThatIsWorthIt() {
        Duration usual = Duration.ofMillis(2);
        wire.leastLate(Duration.ofMillis(10));
        with(route -> {
            answered(route, usual);
            assertThat(hedged(route, usual)).isBetween(Duration.ofMillis(12), Duration.ofMillis(13));
        });
    }

    /** What hedges may cost is spent by a few; what is lost would be paid for as a retry. */
    @Test
    void whatWasUnderWayWhenTheProcessStoodStillIsNotTakenForLost() {
        Duration usual = Duration.ofMillis(10);
        with(route -> {
            answered(route, usual);
            wire.script(attempt -> attempt.number() == 1
                    ? Answer.ok("late").after(Duration.ofMillis(300))
                    : Answer.ok("hedged").after(usual));
            int before = wire.attempts().size();
            for (int i = 0; i < CALLS; i++) {
                begin(route);
            }
            time.stall(Duration.ofMillis(50));
            time.advance(Duration.ofMillis(300));
            assertThat(wire.attempts().size() - before - CALLS).isLessThan(CALLS / 4);
        });
    }
}
