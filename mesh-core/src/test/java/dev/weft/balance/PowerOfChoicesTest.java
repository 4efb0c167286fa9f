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
import org.junit.jupiter.api.Test;
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
        List<Node> nodes = nodes(size, 1);
        for (int i = 0; i < size; i++) {
            nodes.get(i).latency().observe(i < worse ? 80_000_000 : 40_000_000, time.nanos(), DECAY_NANOS);
            if (i < worse) {
                nodes.get(i).attemptStarted();
            }
        }
        Picker picker = picker(kind, nodes);
        int picked = 0;
        for (int i = 0; i < PICKS; i++) {
            picked += nodes.indexOf(picker.pick(MembersTest.attempt(time), time.nanos())) < worse ? 1 : 0;
        }
        assertThat((double) picked / PICKS).isCloseTo(share, within(0.01));
    }

    /** Of three draws of three, where half are slow, all would be slow in one of twelve; of two, of three, in one of three. */
    @ParameterizedTest
    @CsvSource({"PEAK_EWMA, 10, 5, true", "PEAK_EWMA, 10, 5, false", "PEAK_EWMA, 3, 2, true"})
    void theMuchSlowerGetNoCallsWhileOthersAreThere(BalancerKind kind, int size, int slow, boolean known) {
        List<Node> nodes = nodes(size, 1);
        Picker before = picker(kind, nodes);
        take(nodes, slow, 200, 20);
        Picker picker = known ? picker(kind, nodes) : before;
        shareOf(picker, nodes, slow);
        assertThat(shareOf(picker, nodes, slow)).isLessThan(0.005);
    }

    /** Three times as slow as they were, all of them, is the usual from then on. */
    @Test
    void whatIsMuchSlowerFollowsWhatIsUsual() {
        List<Node> nodes = nodes(12, 1);
        take(nodes, 6, 20, 20);
        Picker picker = picker(BalancerKind.PEAK_EWMA, nodes);
        take(nodes, 6, 160, 80);
        shareOf(picker, nodes, 6);
        assertThat(shareOf(picker, nodes, 6)).isCloseTo(0.0909, within(0.01));
    }

    private void take(List<Node> nodes, int slow, int slowMillis, int millis) {
        for (int i = 0; i < nodes.size(); i++) {
            nodes.get(i).latency().observe((i < slow ? slowMillis : millis) * 1_000_000L, time.nanos(), DECAY_NANOS);
        }
        if (nodes.get(0).inFlight() == 0) {
            // Who has one under way is not tried.
            nodes.subList(0, slow).forEach(Node::attemptStarted);
        }
    }

    private double shareOf(Picker picker, List<Node> nodes, int first) {
        int picked = 0;
        for (int i = 0; i < PICKS; i++) {
            picked += nodes.indexOf(picker.pick(MembersTest.attempt(time), time.nanos())) < first ? 1 : 0;
        }
        return (double) picked / PICKS;
    }

    @Test
    void whoWasSlowAndGetsNoCallsIsAskedNowAndThenByOneAtATime() {
        List<Node> nodes = nodes(10, 1);
        Node slow = nodes.get(0);
        Picker picker = picker(BalancerKind.PEAK_EWMA, nodes);
        othersAnswer(nodes);
        slow.latency().observe(160_000_000, time.nanos(), DECAY_NANOS);
        assertThat(picks(picker, slow)).as("it is slow").isZero();

        time.advance(Duration.ofSeconds(2));
        othersAnswer(nodes);
        assertThat(picks(picker, slow)).as("whether it still is").isEqualTo(1);
        slow.latency().cutOff(40_000_000, time.nanos());
        slow.attemptEnded();
        assertThat(picks(picker, slow)).as("it had no answer").isZero();

        time.advance(Duration.ofSeconds(2));
        othersAnswer(nodes);
        assertThat(picks(picker, slow)).isEqualTo(1);
        slow.latency().observe(10_000_000, time.nanos(), DECAY_NANOS);
        slow.attemptEnded();
        othersAnswer(nodes);
        assertThat(picks(picker, slow)).as("it is well").isPositive();
        assertThat(slow.latency().last()).isEqualTo(10_000_000);
    }

    /** By chance every fourth would not be within so many picks. */
    @Test
    void eachIsTriedInItsTurn() {
        List<Node> nodes = nodes(200, 1);
        nodes.forEach(node -> node.latency().observe(20_000_000, time.nanos(), DECAY_NANOS));
        Picker picker = picker(BalancerKind.PEAK_EWMA, nodes);
        time.advance(Duration.ofSeconds(2));
        for (int at = 0; at < 200; at += 10) {
            Node slow = nodes.get(at);
            othersAnswer(nodes);
            slow.latency().observe(160_000_000, time.nanos(), DECAY_NANOS);
            int picks = 0;
            while (!slow.latency().unknown() && picks < 6_000) {
                picker.pick(MembersTest.attempt(time), time.nanos());
                picks++;
            }
            assertThat(picks).isLessThan(6_000);
            slow.latency().observe(20_000_000, time.nanos(), DECAY_NANOS);
        }
    }

    @Test
    void aSecondLegTriesNobody() {
        List<Node> nodes = nodes(10, 1);
        Node slow = nodes.get(0);
        othersAnswer(nodes);
        slow.latency().observe(160_000_000, time.nanos(), DECAY_NANOS);
        time.advance(Duration.ofSeconds(2));
        othersAnswer(nodes);
        Picker picker = picker(BalancerKind.PEAK_EWMA, nodes);
        for (int i = 0; i < 1_000; i++) {
            picker.pick(MembersTest.attempt(time).newRival(), time.nanos());
        }
        assertThat(slow.latency().unknown()).isFalse();
        assertThat(picks(picker, slow)).isEqualTo(1);
    }

    @Test
    void ofTwoWhoeverIsMuchSlowerIsTriedThoughItIsTheLessLoaded() {
        List<Node> nodes = nodes(2, 1);
        Node slow = nodes.get(0);
        slow.latency().observe(160_000_000, time.nanos(), DECAY_NANOS);
        time.advance(Duration.ofSeconds(2));
        othersAnswer(nodes);
        IntStream.range(0, 20).forEach(i -> nodes.get(1).attemptStarted());
        Picker picker = picker(BalancerKind.PEAK_EWMA, nodes);
        for (int i = 0; i < 200; i++) {
            picker.pick(MembersTest.attempt(time), time.nanos());
        }
        assertThat(slow.latency().unknown()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"PEAK_EWMA, 1, true", "PEAK_EWMA, 2, true", "P2C, 1, false", "P2C, 2, false"})
    void whoIsSlowerIsDoubtedOnceASecondWhateverTheWeights(BalancerKind kind, int weight, boolean doubted) {
        List<Node> nodes = nodes(10, weight);
        Node slow = nodes.get(0);
        slow.latency().observe(160_000_000, time.nanos(), DECAY_NANOS);
        time.advance(Duration.ofMillis(1_100));
        othersAnswer(nodes);
        Picker picker = picker(kind, nodes);
        for (int i = 0; i < 10_000; i++) {
            picker.pick(MembersTest.attempt(time), time.nanos());
        }
        assertThat(slow.latency().unknown()).isEqualTo(doubted);
    }

    /** All but the first of that weight. */
    private List<Node> nodes(int size, int weight) {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.range(0, size)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80).withWeight(i == 0 ? 1 : weight))
                .toList());
        return cluster.nodes();
    }

    private static Picker picker(BalancerKind kind, List<Node> nodes) {
        return kind.balancer(new Tuning(DECAY_NANOS, new SlowStart(0), new Random(7)))
                .picker(Share.of(nodes));
    }

    private void othersAnswer(List<Node> nodes) {
        nodes.stream().skip(1).forEach(node -> node.latency().observe(20_000_000, time.nanos(), DECAY_NANOS));
    }

    /** How many of a thousand calls it got, of which none ends. */
    private int picks(Picker picker, Node node) {
        int before = node.inFlight();
        for (int i = 0; i < 1_000; i++) {
            if (picker.pick(MembersTest.attempt(time), time.nanos()) == node) {
                node.attemptStarted();
            }
        }
        return node.inFlight() - before;
    }
}
