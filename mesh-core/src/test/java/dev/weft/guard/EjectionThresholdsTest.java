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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much it takes for a node to stand out, to the attempt; rows of failures say nothing here. */
class EjectionThresholdsTest {
    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);
    private final EjectionRules rules = new EjectionRules(
            Policy.builtIn("inventory").with(EjectionLayer.CONSECUTIVE, 1000, new Origin(Layer.APPLICATION, "test")),
            cluster,
            time.nanos());

    private void serve(int nodes) {
        cluster.endpoints(IntStream.range(0, nodes)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
    }

    /** So many attempts at the node have been judged, of which so many failed. */
    private void counted(int node, int attempts, int failed) {
        for (int i = 0; i < attempts; i++) {
            node(node).standing().tally().add(i < failed, time.nanos());
        }
    }

    private Node node(int at) {
        return cluster.nodes().get(at);
    }

    /** The rule that finds against the first when one more attempt at it has failed, which is counted. */
    private @Nullable String found() {
        EjectionRules.Finding finding = rules.failed(node(0), time.nanos());
        return finding == null ? null : finding.rule();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "9, 9, -", // too few attempts
                "10, 4, -",
                "10, 5, failurePercentage", // half of them
                "11, 5, -",
                "1000, 500, failurePercentage",
                "1000, 499, -"
            })
    void aShareOfItsOwn(int attempts, int failed, @Nullable String rule) {
        serve(2);
        counted(0, attempts, failed);
        assertThat(found()).isEqualTo(rule);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // nodes, attempts and failures of the first, attempts and failures of the others
                "5, 20, 5, 20, 0, successRate",
                "5, 19, 5, 20, 0, -", // the first was asked too seldom
                "6, 19, 5, 20, 0, -",
                "5, 20, 4, 20, 0, -", // failed too seldom, if above the mean by more than 1.9 deviations
                "5, 20, 5, 19, 0, -", // the others were asked too seldom
                "4, 20, 5, 20, 0, -", // too few to compare
                "10, 100, 16, 100, 4, successRate",
                "10, 100, 13, 100, 4, -", // above the mean by less than a tenth
            })
    void aShareBesideThatOfOthers(
            int nodes, int attempts, int failed, int ofOthers, int failedOfOthers, @Nullable String rule) {
        serve(nodes);
        counted(0, attempts, failed);
        for (int i = 1; i < nodes; i++) {
            counted(i, ofOthers, failedOfOthers);
        }
        assertThat(found()).isEqualTo(rule);
    }

    @Test
    void oneOfTwoThatAreBadAmongFiveDoesNotStandOutByItsDistanceToTheMeanAlone() {
        serve(5);
        for (int i = 0; i < 5; i++) {
            counted(i, 100, i < 2 ? 30 : 0);
        }
        assertThat(found()).isNull();
    }

    @Test
    void whoIsOutIsNotComparedWith() {
        serve(6);
        counted(0, 100, 20);
        for (int i = 1; i < 6; i++) {
            counted(i, 100, 0);
        }
        cluster.ejections().allow(0.5);
        cluster.ejections().eject(node(1), time.nanos() + 1_000_000_000, false);
        cluster.ejections().eject(node(2), time.nanos() + 1_000_000_000, false);
        assertThat(found()).as("of six, four are left to compare").isNull();
    }

    @Test
    void allAreLookedAtOnceASecond() {
        serve(5);
        for (int i = 0; i < 5; i++) {
            counted(i, 100, 10);
        }
        assertThat(found()).isNull();
        counted(0, 100, 90);
        counted(0, 50, 0);
        time.advance(Duration.ofMillis(999));
        assertThat(found()).isNull();
        time.advance(Duration.ofMillis(1));
        assertThat(found()).isEqualTo("successRate");
    }
}
