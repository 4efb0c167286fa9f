package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.Route;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls made for work that is given up. */
class CancellationTest {
    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");
    private final Mesh mesh = Mesh.builder()
            .time(time)
            .drain(Duration.ZERO)
            .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80"))
            .start();
    private final Cancellation work = new Cancellation();

    @AfterEach
    void stop() {
        mesh.close();
    }

    private Call call(AnyPace pace, Context context) {
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/", LayerValues.NONE);
        Call call = route.newCall("request", pace.on(time), context);
        pace.run(time, route::send, call);
        return call;
    }

    @ParameterizedTest
    @EnumSource
    void areCutOff(AnyPace pace) {
        wire.next(Answer.<String>never());
        time.after(Duration.ofSeconds(1).toNanos(), work::cancel);

        Call call = call(pace, Context.root().with(work));

        assertThat(call.fate()).isEqualTo(Fate.CANCELLED);
        assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @EnumSource
    void areNotSentAfterwards(AnyPace pace) {
        work.cancel();

        Call call = call(pace, Context.root().with(work));

        assertThat(call.fate()).isEqualTo(Fate.CANCELLED);
        assertThat(wire.attempts()).allMatch(Call::cancelled);
    }

    @ParameterizedTest
    @EnumSource
    void thatEndedBeforeStayAsTheyAre(AnyPace pace) {
        Call call = call(pace, Context.root().with(work));
        assertThat(work.underWay()).as("what it holds of calls that have ended").isZero();
        work.cancel();

        assertThat(call.fate()).isEqualTo(Fate.SUCCESS);
        assertThat(call.cancelled()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void areNotThoseOfOtherWork(AnyPace pace) {
        work.cancel();

        assertThat(call(pace, Context.root().with(new Cancellation())).fate()).isEqualTo(Fate.SUCCESS);
        assertThat(call(pace, Context.root()).fate()).isEqualTo(Fate.SUCCESS);
    }
}
