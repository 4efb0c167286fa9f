package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.endpoint.Standing;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers take 10 ms, calls have 3 s, and what hedges may cost is spent: a call is late at a node that never answers. */
class HalfTimeTest {
    private static final Duration USUAL = Duration.ofMillis(10);
    private static final Duration SLOW = Duration.ofSeconds(1);

    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");
    private final Mesh mesh = Mesh.builder()
            .time(time)
            .random(new Random(42))
            .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"))
            .set("deadline.total", "3s")
            .start();

    @AfterEach
    void close() {
        mesh.close();
    }

    private Call call(AnyPace pace) {
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
        Call call = route.newCall("request", pace.on(time), Context.root());
        pace.run(time, route::send, call);
        return call;
    }

    private Duration took(Call call) {
        return Duration.ofNanos(time.nanos() - call.startNanos());
    }

    private List<Standing> standings() {
        return mesh.clusters().values().stream()
                .flatMap(cluster -> cluster.nodes().stream())
                .map(node -> node.standing())
                .toList();
    }

    private void spend(AnyPace pace) {
        wire.script(attempt -> Answer.ok("stock").after(USUAL));
        for (int i = 0; i < 400; i++) {
            call(pace);
        }
        wire.script(attempt -> Answer.ok("stock").after(attempt.number() == 1 ? SLOW : USUAL));
        boolean spent = false;
        for (int i = 0; i < 20 && !spent; i++) {
            standings().forEach(standing -> standing.succeeded(false));
            spent = took(call(pace)).equals(SLOW);
        }
        assertThat(spent).isTrue();
        standings().forEach(standing -> standing.succeeded(false));
        wire.script(attempt ->
                attempt.number() == 1 ? Answer.never() : Answer.ok("hedged").after(USUAL));
    }

    @ParameterizedTest
    @EnumSource
    void isHedgedWhenHalfOfItsTimeIsOver(AnyPace pace) {
        spend(pace);
        Call call = call(pace);
        assertThat(call.fate()).isEqualTo(Fate.SUCCESS_BY_HEDGE);
        assertThat(took(call)).isBetween(Duration.ofMillis(1510), Duration.ofMillis(1530));
    }

    @ParameterizedTest
    @EnumSource
    void isNotWhereMostNodesAreLate(AnyPace pace) {
        spend(pace);
        for (int i = 0; i < 2; i++) {
            time.advance(USUAL.multipliedBy(3));
            standings().forEach(standing -> standing.strikeLate(time.nanos()));
        }
        Call call = call(pace);
        assertThat(call.fate()).isEqualTo(Fate.FAILED_DEADLINE);
        assertThat(Objects.requireNonNull(call.latest()).number()).isOne();
    }

    private void trouble(AnyPace pace) {
        for (Duration each : List.of(Duration.ofMillis(1800), USUAL)) {
            wire.script(attempt -> Answer.ok("stock").after(each));
            for (int i = 0; i < (each.equals(USUAL) ? 400 : 14); i++) {
                call(pace);
            }
        }
        wire.script(attempt ->
                attempt.number() == 1 ? Answer.never() : Answer.ok("hedged").after(USUAL));
    }

    @ParameterizedTest
    @EnumSource
    void isLateThenThoughAllWereSlowerAMomentAgo(AnyPace pace) {
        trouble(pace);
        Call call = call(pace);
        assertThat(call.fate()).isEqualTo(Fate.SUCCESS_BY_HEDGE);
        assertThat(took(call)).isBetween(Duration.ofMillis(1510), Duration.ofMillis(1530));
    }

    @ParameterizedTest
    @EnumSource
    void whileCallsStandInLineItIsNotHedgedBefore(AnyPace pace) {
        wire.script(attempt -> Answer.ok("stock").after(USUAL));
        for (int i = 0; i < 400; i++) {
            call(pace);
        }
        wire.script(attempt ->
                attempt.number() == 1 ? Answer.never() : Answer.ok("hedged").after(USUAL));
        assertThat(took(call(pace))).as("where nobody does").isLessThan(USUAL.multipliedBy(4));
        mesh.clusters().values().forEach(cluster -> {
            for (int i = 0; i < 10; i++) {
                cluster.backlog().entered(time.nanos());
                time.advance(USUAL);
                cluster.backlog().answered(USUAL.multipliedBy(4).toNanos(), time.nanos());
            }
        });
        assertThat(took(call(pace))).isBetween(Duration.ofMillis(1510), Duration.ofMillis(1530));
    }
}
