package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import dev.weft.testkit.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One of three endpoints says at once that it failed, or that it is asked too much; the others take 20 ms. */
class FailingFastTest {
    private static final int CALLS = 5_000;

    @ParameterizedTest
    @CsvSource({
        "p2c, THROTTLED, 0.01",
        "p2c, OVERLOADED, 0.01",
        "p2c, SERVER_ERROR, 0.01",
        "peakEwma, THROTTLED, 0.01",
        "peakEwma, OVERLOADED, 0.01",
        "peakEwma, SERVER_ERROR, 0.01",
        "prequal, THROTTLED, 0.01",
        "prequal, OVERLOADED, 0.01",
        "prequal, SERVER_ERROR, 0.01",
        // Its turn comes whatever it says, and no more often.
        "roundRobin, THROTTLED, 0.334",
        "weightedRoundRobin, THROTTLED, 0.35",
        "random, THROTTLED, 0.35",
    })
    void itDrawsNoTraffic(String kind, Verdict verdict, double most) {
        try (Rig rig = new Rig(Map.of(
                "balancer.kind", kind,
                "balancer.slowStart", "off",
                "ejection.mode", "off",
                "hedge.maxExtraLoad", "off",
                "limits.throttle", "off",
                "limits.adaptive", "off"))) {
            rig.wire.script(
                    attempt -> Objects.requireNonNull(attempt.node()).address().equals(Rig.A)
                            ? Answer.of(verdict, 500, "no")
                            : Answer.ok("well").after(Duration.ofMillis(20)));
            for (int i = 0; i < CALLS; i++) {
                rig.begin();
                rig.time.advance(Duration.ofMillis(2));
            }
            assertThat((double) rig.asked(Rig.A) / CALLS).isPositive().isLessThan(most);
        }
    }
}
