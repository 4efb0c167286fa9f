package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Verdict;
import dev.weft.endpoint.Endpoint;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Half of forty endpoints answer 500, four may be out, and one process makes fifty calls a second. */
class ManyBadTest {
    private static final int ENDPOINTS = 40;
    private static final int PER_SECOND = 50;

    private final List<Endpoint> endpoints = IntStream.range(0, ENDPOINTS)
            .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
            .toList();
    private final Set<String> bad = new HashSet<>(
            endpoints.subList(0, ENDPOINTS / 2).stream().map(Endpoint::address).toList());

    private static void seconds(Rig rig, AnyPace pace, int seconds) {
        for (int i = 0; i < seconds * PER_SECOND; i++) {
            rig.call(pace);
            rig.time.advance(Duration.ofSeconds(1).dividedBy(PER_SECOND));
        }
    }

    private long asked(Rig rig, int from) {
        return rig.wire.asked().stream().skip(from).filter(bad::contains).count();
    }

    @ParameterizedTest
    @EnumSource
    void theyAreTriedNowAndThenAndAreAllBackAtOnceWhenTheyAreWell(AnyPace pace) {
        try (Rig rig = new Rig(Map.of("hedge.maxExtraLoad", "off"))) {
            rig.serve(endpoints.toArray(Endpoint[]::new));
            rig.wire.script(attempt ->
                    bad.contains(Objects.requireNonNull(attempt.node()).address())
                            ? Answer.of(Verdict.SERVER_ERROR, 500, "no")
                            : Answer.ok("well"));
            seconds(rig, pace, 10);
            int before = rig.wire.asked().size();
            seconds(rig, pace, 20);
            // One a second, one in ten of those that would go there, and the probes of those that are out.
            assertThat(asked(rig, before)).isBetween(20L, 80L);

            rig.wire.script(attempt -> Answer.ok("well"));
            seconds(rig, pace, 2);
            before = rig.wire.asked().size();
            seconds(rig, pace, 2);
            Set<String> asked = new HashSet<>(
                    rig.wire.asked().subList(before, rig.wire.asked().size()));
            asked.retainAll(bad);
            assertThat(asked)
                    .hasSizeGreaterThanOrEqualTo(bad.size() - rig.ejected().size());
        }
    }
}
