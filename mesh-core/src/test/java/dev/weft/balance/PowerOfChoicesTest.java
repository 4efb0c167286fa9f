package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Out of how many the best is taken: those that are worse get a call where all that are drawn are (decision 0099). */
class PowerOfChoicesTest {
    private static final int PICKS = 20_000;
    private static final long DECAY_NANOS = Duration.ofSeconds(10).toNanos();

    private final FakeTime time = new FakeTime();

    @ParameterizedTest
    @CsvSource({
        // 6/12 * 5/11 * 4/10
        "PEAK_EWMA, 12, 6, 0.0909",
        // 3/6 * 2/5 * 1/4
        "PEAK_EWMA, 6, 3, 0.05",
        // Fewer than six: two are looked at. 2/5 * 1/4
        "PEAK_EWMA, 5, 2, 0.1",
        // 6/12 * 5/11
        "P2C, 12, 6, 0.2273"
    })
    void theWorseGetACallOnlyWhereAllThatAreDrawnAre(BalancerKind kind, int size, int worse, double share) {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.range(0, size)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
        List<Node> nodes = cluster.nodes();
        for (int i = 0; i < size; i++) {
            nodes.get(i).latency().observe(i < worse ? 80_000_000 : 40_000_000, time.nanos(), DECAY_NANOS);
            if (i < worse) {
                nodes.get(i).attemptStarted();
            }
        }
        Picker picker = kind.balancer(new Tuning(DECAY_NANOS, new SlowStart(0), new Random(7)))
                .picker(Share.of(nodes));
        int picked = 0;
        for (int i = 0; i < PICKS; i++) {
            picked += nodes.indexOf(picker.pick(MembersTest.attempt(time), time.nanos())) < worse ? 1 : 0;
        }
        assertThat((double) picked / PICKS).isCloseTo(share, within(0.01));
    }
}
