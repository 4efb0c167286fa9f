package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Layer;
import dev.weft.policy.Origin;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where all fail alike, whatever else is unequal, chance finds against nobody more often than it may. */
class ComparisonTest {
    private final FakeTime time = new FakeTime();
    private final Random random = new Random(3);

    private Cluster cluster(int nodes) {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.range(0, nodes)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
        return cluster;
    }

    private void attempts(Node node, int number, double failing) {
        for (int i = 0; i < number; i++) {
            node.standing().tally().add(random.nextDouble() < failing, time.nanos());
        }
    }

    /** One past after the other, each with shares, rates and failures that change, of which the first was not there always. */
    @ParameterizedTest
    @CsvSource({"2, 0.1", "2, 0.01", "3, 0.1", "3, 0.01", "10, 0.1", "10, 0.01"})
    void chanceIsNoMoreThanSaid(int nodes, double chance) {
        int pasts = 10_000;
        int found = 0;
        for (int i = 0; i < pasts; i++) {
            Cluster cluster = cluster(nodes);
            Node first = cluster.nodes().get(0);
            int slices = 1 + random.nextInt(12);
            int comes = random.nextInt(slices);
            for (int slice = 0; slice < slices; slice++) {
                double failing = random.nextInt(3) == 0 ? random.nextDouble() : 0.2 * random.nextDouble();
                for (Node node : cluster.nodes()) {
                    attempts(node, node != first || slice >= comes ? random.nextInt(40) : 0, failing);
                }
                time.advance(Duration.ofSeconds(5));
            }
            Comparison comparison = new Comparison(first.standing().tally(), time.nanos());
            cluster.nodes().stream()
                    .skip(1)
                    .forEach(node -> comparison.with(node.standing().tally()));
            found += comparison.beyond(chance) ? 1 : 0;
        }
        assertThat(found).isLessThan((int) (chance * pasts)).isPositive();
    }

    /** The rule as it is asked: at every failure, at five calls a second, which is more often of so many than at more. */
    @ParameterizedTest
    @CsvSource({"2, 0.02", "2, 0.1", "2, 0.4", "3, 0.02", "3, 0.1", "3, 0.4", "5, 0.02", "5, 0.1", "5, 0.4"})
    void ofAMillionAttemptsNoneFindsAgainstANodeByChance(int nodes, double failing) {
        Cluster cluster = cluster(nodes);
        EjectionRules rules = new EjectionRules(
                Policy.builtIn("inventory")
                        .with(EjectionLayer.CONSECUTIVE, 1000, new Origin(Layer.APPLICATION, "test"))
                        .with(EjectionLayer.PERCENTAGE, 0.0, new Origin(Layer.APPLICATION, "test")),
                cluster,
                time.nanos());
        int found = 0;
        for (int i = 0; i < 300_000; i++) {
            Node node = cluster.nodes().get(random.nextInt(nodes));
            boolean bad = random.nextDouble() < failing;
            node.standing().tally().add(bad, time.nanos());
            if (bad && rules.failed(node, time.nanos()) != null) {
                found++;
                node.standing().condemn(1);
            } else if (!bad) {
                node.standing().succeeded(false);
            }
            time.advance(Duration.ofMillis(200));
        }
        assertThat(found).isZero();
    }

    @Test
    void whatItSays() {
        Cluster cluster = cluster(2);
        Node first = cluster.nodes().get(0);
        Node other = cluster.nodes().get(1);
        attempts(first, 60, 1);
        attempts(first, 140, 0);
        attempts(other, 10, 1);
        attempts(other, 390, 0);
        Comparison comparison = new Comparison(first.standing().tally(), time.nanos());
        assertThat(comparison.worthIt()).isTrue();
        comparison.with(other.standing().tally());
        assertThat(comparison.beyond(1e-6)).isTrue();
        assertThat(comparison.failing()).isEqualTo(0.3);
        assertThat(comparison).hasToString("60 of 200 attempts failed, of the others' at the same time 2.5 %");
    }
}
