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
import java.util.ArrayList;
import java.util.List;
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
                "2, 200, 20, 200, 0, successRate", // 20 in a row all heads: once in a million
                "2, 200, 19, 200, 0, -",
                "3, 200, 13, 200, 0, successRate",
                "3, 200, 12, 200, 0, -",
                "4, 100, 10, 100, 0, successRate",
                "4, 100, 9, 100, 0, -",
                "5, 50, 9, 50, 0, successRate",
                "5, 50, 8, 50, 0, -",
                "10, 100, 7, 100, 0, successRate",
                "10, 100, 5, 100, 0, -",
                "3, 20, 9, 200, 0, successRate",
                "3, 19, 9, 200, 0, -", // the first was asked too seldom
                "50, 20, 5, 100, 0, successRate",
                "50, 20, 4, 100, 0, -", // failed too seldom
                "2, 200, 20, 20, 0, -", // the other was asked too seldom
                "10, 1000, 50, 1000, 0, successRate",
                "10, 1000, 49, 1000, 0, -", // above the others by less than 5 %
                "3, 10000, 1510, 10000, 1000, successRate",
                "3, 10000, 1490, 10000, 1000, -",
                "3, 100, 35, 100, 20, -", // which may be chance
                "3, 1000, 350, 1000, 200, successRate",
                "2, 100, 40, 100, 40, -",
                "1, 1000, 400, 0, 0, -"
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
    void oneBadOneDoesNotHideAnother() {
        serve(5);
        for (int i = 0; i < 5; i++) {
            counted(i, 200, i < 2 ? 60 : 0);
        }
        assertThat(found()).isEqualTo("successRate");
    }

    @Test
    void whoIsOutIsNotComparedWith() {
        serve(3);
        counted(0, 100, 20);
        counted(1, 100, 90);
        counted(2, 100, 0);
        cluster.ejections().allow(0.5);
        cluster.ejections().eject(node(1), time.nanos() + 1_000_000_000, false);
        assertThat(found()).isEqualTo("successRate");
    }

    @Test
    void whatTheOthersDidAtOtherTimesSaysNothing() {
        serve(3);
        counted(1, 1000, 0);
        counted(2, 1000, 0);
        time.advance(Duration.ofSeconds(10));
        for (int i = 0; i < 3; i++) {
            counted(i, 100, 30);
        }
        assertThat(found()).as("the first has only just come").isNull();
    }

    @Test
    void fewAttemptsAreComparedOverMinutes() {
        serve(3);
        List<Integer> found = new ArrayList<>();
        for (int minute = 1; minute <= 4; minute++) {
            for (int half = 0; half < 2; half++) {
                time.advance(Duration.ofSeconds(30));
                counted(0, 20, 2);
                counted(1, 20, 0);
                counted(2, 20, 0);
            }
            if (found() != null) {
                found.add(minute);
            }
        }
        assertThat(found).as("14 failures").containsExactly(4);
        time.advance(Duration.ofMinutes(6));
        counted(0, 20, 2);
        counted(1, 20, 0);
        assertThat(found()).as("long ago").isNull();
    }

    @Test
    void ofManyAttemptsThoseOfHalfAMinuteCount() {
        serve(2);
        counted(0, 1000, 400);
        counted(1, 1000, 0);
        time.advance(Duration.ofSeconds(40));
        counted(0, 1000, 1);
        counted(1, 1000, 0);
        assertThat(found()).as("it is well by now").isNull();
    }

    @Test
    void whereCallsAreRefusedForWantOfServersNobodyIsLeftOut() {
        serve(2);
        counted(0, 1000, 400);
        counted(1, 1000, 0);
        Rig.overload(cluster, time);
        assertThat(found()).isNull();
        assertThat(rules.wanting(time.nanos())).isTrue();

        time.advance(Duration.ofSeconds(299));
        assertThat(cluster.backlog().limiting(time.nanos())).isFalse();
        counted(0, 1000, 400);
        counted(1, 1000, 0);
        assertThat(found()).as("it may be since one was left out").isNull();
        time.advance(Duration.ofSeconds(1));
        assertThat(found()).isEqualTo("successRate");
        assertThat(rules.wanting(time.nanos())).isFalse();
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
