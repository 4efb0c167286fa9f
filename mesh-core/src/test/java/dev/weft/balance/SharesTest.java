package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What share of the calls each node gets, in a simulation: calls come at random and take 20 to 30 ms anywhere. */
class SharesTest {
    private static final long DECAY = Duration.ofSeconds(10).toNanos();
    private static final double TOOK_NANOS = 25e6;

    private final FakeTime time = new FakeTime();
    private final Random random = new Random(17);

    private List<Node> nodes(int... weights) {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.range(0, weights.length)
                .mapToObj(
                        i -> Endpoint.of("10.0." + i / 256 + "." + i % 256, 80).withWeight(weights[i]))
                .toList());
        cluster.nodes().forEach(node -> node.latency().seed((long) TOOK_NANOS, time.nanos()));
        return cluster.nodes();
    }

    private record Running(Node node, long startNanos, long endNanos) {}

    /** The share of each node, of calls of which so many are under way in the mean. */
    private double[] shares(Balancer balancer, List<Node> nodes, double underWay, int calls) {
        Picker picker = balancer.picker(Share.of(nodes));
        Call attempt =
                new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root()).newAttempt();
        PriorityQueue<Running> running = new PriorityQueue<>(Comparator.comparingLong(Running::endNanos));
        Map<Node, Integer> counts = new HashMap<>();
        long now = time.nanos();
        for (int i = 0; i < calls; i++) {
            now += (long) (-Math.log(1 - random.nextDouble()) * TOOK_NANOS / underWay);
            for (Running first = running.peek(); first != null && first.endNanos <= now; first = running.peek()) {
                running.remove();
                first.node.attemptEnded();
                first.node.latency().observe(first.endNanos - first.startNanos, first.endNanos, DECAY);
            }
            Node node = picker.pick(attempt, now);
            node.attemptStarted();
            counts.merge(node, 1, Integer::sum);
            running.add(new Running(node, now, now + (long) (TOOK_NANOS * (0.8 + 0.4 * random.nextDouble()))));
        }
        running.forEach(left -> left.node.attemptEnded());
        time.advance(Duration.ofNanos(now - time.nanos()));
        return nodes.stream()
                .mapToDouble(node -> counts.getOrDefault(node, 0) / (double) calls)
                .toArray();
    }

    @Test
    void aListOfSharesStaysAsItWasWhateverBecomesOfItsNodes() {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(List.of(
                Endpoint.of("10.0.0.1", 80).withWeight(3),
                Endpoint.of("10.0.0.2", 80).withWeight(0)));
        List<Node> given = new ArrayList<>(cluster.nodes());
        Node first = given.get(0);
        Node second = given.get(1);
        List<Share> shares = Share.of(given);

        given.clear();
        cluster.endpoints(List.of(Endpoint.of("10.0.0.1", 80).withWeight(7)));

        assertThat(shares).containsExactly(new Share(first, 3), new Share(second, 1));
        assertThatThrownBy(() -> shares.remove(0)).isInstanceOf(UnsupportedOperationException.class);
    }

    private Balancer balancer(BalancerKind kind) {
        return kind.balancer(new Tuning(DECAY, new SlowStart(0), random));
    }

    private static double[] ideal(int... weights) {
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).mapToDouble(weight -> weight / sum).toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "ROUND_ROBIN, 0.001, 0.02",
        "ROUND_ROBIN, 1, 0.02",
        "ROUND_ROBIN, 100, 0.02",
        "P2C, 0.001, 0.05",
        "P2C, 1, 0.4",
        "P2C, 10, 0.25",
        "P2C, 1000, 0.1",
        "PEAK_EWMA, 0.001, 0.8",
        "PEAK_EWMA, 1, 0.8",
        "PEAK_EWMA, 10, 0.8",
        "PEAK_EWMA, 1000, 0.15",
    })
    void followWeightsAtAnyLoad(BalancerKind kind, double underWay, double tolerance) {
        List<String> wrong = new ArrayList<>();
        for (int[] weights :
                new int[][] {{1, 3}, {1, 1, 2, 4}, {1, 9}, {5, 5, 5, 1}, {1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2}}) {
            double[] shares = shares(balancer(kind), nodes(weights), underWay, 40_000);
            double[] ideal = ideal(weights);
            for (int i = 0; i < weights.length; i++) {
                if (Math.abs(shares[i] / ideal[i] - 1) > tolerance) {
                    wrong.add(Arrays.toString(weights) + ": " + Arrays.toString(shares));
                    break;
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"ROUND_ROBIN, 1", "P2C, 0.001", "P2C, 1", "P2C, 1000", "PEAK_EWMA, 0.001", "PEAK_EWMA, 1000"})
    void inSlowStartANewNodeBeginsWithAboutATenthOfItsShareAndEndsWithTheWhole(BalancerKind kind, double underWay) {
        Duration window = Duration.ofDays(1000);
        Balancer balancer = kind.balancer(new Tuning(DECAY, new SlowStart(window.toNanos()), random));
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(List.of(Endpoint.of("10.0.0.1", 80), Endpoint.of("10.0.0.2", 80)));
        time.advance(window);
        cluster.endpoints(
                List.of(Endpoint.of("10.0.0.1", 80), Endpoint.of("10.0.0.2", 80), Endpoint.of("10.0.0.3", 80)));
        cluster.nodes().forEach(node -> node.latency().seed((long) TOOK_NANOS, time.nanos()));

        // Of 2.1 shares it has a tenth of one: 0.048.
        assertThat(shares(balancer, cluster.nodes(), underWay, 20_000)[2]).isBetween(0.02, 0.10);
        time.advance(window.dividedBy(2));
        seen(cluster.nodes());
        // Of 2.5 shares it has half of one: 0.2.
        assertThat(shares(balancer, cluster.nodes(), underWay, 20_000)[2]).isBetween(0.13, 0.28);
        time.advance(window.dividedBy(2));
        seen(cluster.nodes());
        assertThat(shares(balancer, cluster.nodes(), underWay, 20_000)[2]).isBetween(0.31, 0.36);
    }

    /** An average is dated by a stamp that comes round after 52 days: what is older may be anything. */
    private void seen(List<Node> nodes) {
        nodes.forEach(node -> node.latency().observe((long) TOOK_NANOS, time.nanos(), DECAY));
    }

    @ParameterizedTest
    @EnumSource
    void ofManyNodesTheHeavyGetMoreInProportion(BalancerKind kind) {
        int[] weights = IntStream.range(0, 5_000).map(i -> i % 2 == 0 ? 1 : 10).toArray();
        double[] shares = shares(balancer(kind), nodes(weights), 2_000, 200_000);
        double heavy = IntStream.range(0, 5_000)
                .filter(i -> weights[i] == 10)
                .mapToDouble(i -> shares[i])
                .sum();
        assertThat(heavy).isBetween(0.84, 0.94);
    }
}
