package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Pushback;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The times that servers name: what they mean for the call, for the node that named them and for other calls. */
class PushbackTest {
    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");

    private Mesh mesh(String... settings) {
        var builder = Mesh.builder()
                .time(time)
                .random(new Random(42))
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"));
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        return builder.start();
    }

    private Call call(Mesh mesh, AnyPace pace) {
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
        Call call = route.newCall("request", pace.on(time), Context.root());
        pace.run(time, route::send, call);
        return call;
    }

    private static Answer<String> resting(Duration time) {
        return Answer.<String>of(Verdict.UNAVAILABLE, 503, "no").pushback(Pushback.rest(time.toNanos()));
    }

    private static Answer<String> limited(Pushback pushback) {
        return Answer.<String>of(Verdict.THROTTLED, 429, "no").pushback(pushback);
    }

    private static List<Node> resting(Mesh mesh, Duration later) {
        long then = later.toNanos() + mesh.time().nanos();
        return mesh.clusters().values().stream()
                .flatMap(cluster -> cluster.nodes().stream())
                .filter(node -> node.resting(then))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void whereOneCallerAsksTooMuchItGoesElsewhereAndTheNodeIsThereForTheOthers(AnyPace pace) {
        wire.next(limited(Pushback.rest(Duration.ofSeconds(60).toNanos())));
        try (Mesh mesh = mesh()) {
            assertThat(call(mesh, pace).fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            assertThat(time.elapsed()).isZero();
            assertThat(resting(mesh, Duration.ZERO)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTimeThatTheCallIsToWaitIsNoRestOfTheNode(AnyPace pace) {
        Pushback wait = Pushback.waitFor(Duration.ofDays(24).toNanos());
        wire.next(
                limited(wait), Answer.<String>of(Verdict.UNAVAILABLE, 503, "no").pushback(wait));
        try (Mesh mesh = mesh("deadline.total", "1s")) {
            assertThat(call(mesh, pace).fate()).isEqualTo(Fate.FAILED_DEADLINE);
            assertThat(call(mesh, pace).fate()).isEqualTo(Fate.FAILED_DEADLINE);
            assertThat(resting(mesh, Duration.ZERO)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyRestsOrWaitsForADayBecauseAServerSaysSo(AnyPace pace) {
        Duration day = Duration.ofDays(1);
        wire.next(resting(day), limited(Pushback.waitFor(day.toNanos())));
        try (Mesh mesh = mesh("deadline.total", "1h")) {
            assertThat(call(mesh, pace).fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(5));
            assertThat(resting(mesh, Duration.ofMinutes(5).negated())).hasSize(1);
            assertThat(resting(mesh, Duration.ZERO)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileOneNodeWantsARestAnotherIsAskedAtOnce(AnyPace pace) {
        wire.next(resting(Duration.ofSeconds(60)));
        try (Mesh mesh = mesh("deadline.total", "1s")) {
            for (int i = 0; i < 20; i++) {
                assertThat(call(mesh, pace).fate().success()).isTrue();
            }
            assertThat(time.elapsed()).isZero();
            assertThat(wire.asked().subList(1, 21)).doesNotContain(wire.asked().get(0));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereTwoWantARestTheCallWaits(AnyPace pace) {
        wire.next(resting(Duration.ofSeconds(60)), resting(Duration.ofMillis(700)));
        try (Mesh mesh = mesh("deadline.total", "2s")) {
            assertThat(call(mesh, pace).fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            assertThat(wire.asked()).hasSize(3).doesNotHaveDuplicates();
            assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(700));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereAllOthersRestTheCallWaits(AnyPace pace) {
        wire.script(attempt -> resting(Duration.ofMillis(700)));
        try (Mesh mesh = mesh("deadline.total", "500ms")) {
            // Two nodes, then the third, which nobody is left to stand in for.
            assertThat(call(mesh, pace).fate()).isEqualTo(Fate.FAILED_DEADLINE);
            assertThat(wire.attempts()).hasSize(2);
            assertThat(call(mesh, pace).fate()).isEqualTo(Fate.FAILED_DEADLINE);
            assertThat(wire.attempts()).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTimeThatTheCallIsToWaitIsWaited(AnyPace pace) {
        wire.next(Answer.<String>of(Verdict.THROTTLED, 429, "no")
                .pushback(Pushback.waitFor(Duration.ofMillis(700).toNanos())));
        try (Mesh mesh = mesh()) {
            assertThat(call(mesh, pace).fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            assertThat(time.elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(700));
        }
    }
}
