package dev.weft.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.Route;
import dev.weft.call.Call;
import dev.weft.call.Fate;
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
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two legs of one try end badly: what follows knows of both, whichever came in last. */
class BothLegsFailTest {
    private static final Duration USUAL = Duration.ofMillis(10);

    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");

    private Mesh mesh() {
        return Mesh.builder()
                .time(time)
                .random(new Random(42))
                .resolver(StaticResolver.empty()
                        .with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80"))
                .set("ejection.mode", "off")
                .set("balancer.kind", "random")
                .set("retry.attempts", "4")
                .set("hedge.maxExtraLoad", "10%")
                .start();
    }

    private Call call(Mesh mesh, AnyPace pace) {
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
        Call call = route.newCall("request", pace.on(time), Context.root());
        pace.run(time, route::send, call);
        return call;
    }

    private void learn(Mesh mesh, AnyPace pace) {
        wire.script(attempt -> Answer.ok("stock").after(USUAL));
        for (int i = 0; i < 400; i++) {
            call(mesh, pace);
        }
    }

    private List<Node> asked(Call call) {
        return wire.attempts().stream()
                .filter(attempt -> attempt.parent() == call)
                .map(attempt -> Objects.requireNonNull(attempt.node()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"BLOCKING, 20, 30", "BLOCKING, 40, 5", "ASYNC, 20, 30", "ASYNC, 40, 5"})
    void twoNodesThatSayTheSameSpeakForAll(AnyPace pace, int firstMillis, int secondMillis) {
        try (Mesh mesh = mesh()) {
            learn(mesh, pace);
            wire.script(attempt -> Answer.of(Verdict.SERVER_ERROR, 500, "sorry")
                    .after(Duration.ofMillis(attempt.number() == 1 ? firstMillis : secondMillis)));

            Call call = call(mesh, pace);

            assertThat(asked(call)).hasSize(2).doesNotHaveDuplicates();
            assertThat(call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
        }
    }

    @ParameterizedTest
    @CsvSource({"BLOCKING, 20, 30", "BLOCKING, 40, 5", "ASYNC, 20, 30", "ASYNC, 40, 5"})
    void aFurtherTryGoesToNeitherOfThem(AnyPace pace, int firstMillis, int secondMillis) {
        try (Mesh mesh = mesh()) {
            for (int i = 0; i < 10; i++) {
                learn(mesh, pace);
                wire.script(attempt -> switch (attempt.number()) {
                    case 1 -> sorry(attempt, firstMillis);
                    case 2 -> sorry(attempt, secondMillis);
                    default -> Answer.ok("third");
                });

                Call call = call(mesh, pace);

                assertThat(asked(call)).hasSize(3).doesNotHaveDuplicates();
                assertThat(call.fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            }
        }
    }

    /** And the node answers somebody else well in the end, so that nothing but this call has anything against it. */
    private Answer<String> sorry(Call attempt, int millis) {
        Duration after = Duration.ofMillis(millis);
        Node node = Objects.requireNonNull(attempt.node());
        time.after(after.plusNanos(1).toNanos(), () -> node.faltered(false, time.nanos()));
        return Answer.of(Verdict.UNAVAILABLE, 503, "sorry").after(after);
    }
}
