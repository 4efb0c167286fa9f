package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WeightedRoundRobinTest {
    private static final int PICKS = 12_000;
    private static final Offset<Double> NEARLY = within(0.01);

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);

    private Picker picker(int... weights) {
        return picker(new ReportedWeights(List.of(), 1), new SlowStart(0), weights);
    }

    private Picker picker(ReportedWeights reports, SlowStart slowStart, int... weights) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int weight : weights) {
            endpoints.add(Endpoint.of("10.0.0." + endpoints.size(), 80).withWeight(weight));
        }
        cluster.endpoints(endpoints);
        return BalancerKind.WEIGHTED_ROUND_ROBIN
                .balancer(new Tuning(1, slowStart, new Random(3), 0, null, reports, Sounding.Asker.NOBODY))
                .picker(Share.of(cluster.nodes()));
    }

    private Node node(int i) {
        return cluster.nodes().get(i);
    }

    private static LoadReport report(double qps, double eps, double utilization) {
        return new LoadReport(utilization, 0, qps, eps, Map.of());
    }

    /** Says so now and ten seconds later, when it counts. */
    private void reports(Map<Integer, LoadReport> reports) {
        reports.forEach((i, report) -> node(i).report(report, time.nanos()));
        time.advance(Duration.ofSeconds(10));
        reports.forEach((i, report) -> node(i).report(report, time.nanos()));
    }

    private double[] shares(Picker picker) {
        Call attempt =
                new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root()).newAttempt();
        Map<Node, Integer> counts = new HashMap<>();
        for (int i = 0; i < PICKS; i++) {
            counts.merge(picker.pick(attempt, time.nanos()), 1, Integer::sum);
        }
        return cluster.nodes().stream()
                .mapToDouble(node -> counts.getOrDefault(node, 0) / (double) PICKS)
                .toArray();
    }

    @Test
    void sharesFollowWhatServersWouldServeIfTheyWereFull() {
        Picker picker = picker(1, 1, 1);
        // 200, 400 and 600 a second.
        reports(Map.of(0, report(100, 0, 0.5), 1, report(100, 0, 0.25), 2, report(300, 0, 0.5)));
        assertThat(shares(picker)).containsExactly(new double[] {1.0 / 6, 2.0 / 6, 3.0 / 6}, NEARLY);
    }

    @Test
    void failuresCountAsLoad() {
        Picker picker = picker(1, 1);
        reports(Map.of(0, report(100, 0, 0.5), 1, report(100, 50, 0.5)));
        assertThat(shares(picker)).containsExactly(new double[] {2.0 / 3, 1.0 / 3}, NEARLY);
    }

    @Test
    void theFiguresThatPolicyNamesComeFirstThenTheApplicationsOwnThenTheProcessors() {
        Picker picker = picker(
                new ReportedWeights(List.of("utilization.queue", "named_metrics.depth"), 1), new SlowStart(0), 1, 1, 1);
        reports(Map.of(
                0, new LoadReport(0.9, 0.9, 100, 0, Map.of("utilization.queue", 0.1, "named_metrics.depth", 0.25)),
                1, new LoadReport(0.5, 0.9, 100, 0, Map.of("utilization.other", 0.1)),
                2, new LoadReport(0, 1, 100, 0, Map.of())));
        // 400, 200 and 100 a second.
        assertThat(shares(picker)).containsExactly(new double[] {4.0 / 7, 2.0 / 7, 1.0 / 7}, NEARLY);
    }

    @Test
    void nobodyIsGoneByForTenSeconds() {
        Picker picker = picker(1, 1);
        for (int second = 0; second < 10; second++) {
            node(0).report(report(100, 0, 0.1), time.nanos());
            node(1).report(report(100, 0, 0.9), time.nanos());
            assertThat(shares(picker)).containsExactly(new double[] {0.5, 0.5}, NEARLY);
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(shares(picker)).containsExactly(new double[] {0.9, 0.1}, NEARLY);
    }

    @Test
    void afterThreeMinutesOfSilenceAReportCountsNoMoreAndTheBlackoutBeginsAnew() {
        Picker picker = picker(1, 1);
        reports(Map.of(0, report(100, 0, 0.25), 1, report(100, 0, 0.75)));
        time.advance(Duration.ofSeconds(179));
        assertThat(shares(picker)).containsExactly(new double[] {0.75, 0.25}, NEARLY);
        time.advance(Duration.ofSeconds(1));
        assertThat(shares(picker)).containsExactly(new double[] {0.5, 0.5}, NEARLY);

        node(0).report(report(100, 0, 0.25), time.nanos());
        node(1).report(report(100, 0, 0.75), time.nanos());
        time.advance(Duration.ofSeconds(9));
        assertThat(shares(picker)).containsExactly(new double[] {0.5, 0.5}, NEARLY);
        time.advance(Duration.ofSeconds(1));
        assertThat(shares(picker)).containsExactly(new double[] {0.75, 0.25}, NEARLY);
    }

    @Test
    void whoReportsNothingGetsTheMean() {
        Picker picker = picker(1, 1, 1);
        reports(Map.of(0, report(100, 0, 0.25), 1, report(100, 0, 0.5)));
        assertThat(shares(picker)).containsExactly(new double[] {4.0 / 9, 2.0 / 9, 3.0 / 9}, NEARLY);
    }

    @Test
    void whereFewerThanTwoReportTheWeightsOfDiscoveryCount() {
        Picker picker = picker(1, 3);
        reports(Map.of(0, report(100, 0, 0.01)));
        assertThat(shares(picker)).containsExactly(new double[] {0.25, 0.75}, NEARLY);
    }

    @Test
    void whatDiscoverySaysMultipliesWhatServersSay() {
        Picker picker = picker(1, 3);
        reports(Map.of(0, report(100, 0, 0.25), 1, report(100, 0, 0.75)));
        assertThat(shares(picker)).containsExactly(new double[] {0.5, 0.5}, NEARLY);
    }

    @Test
    void oneThatClaimsToBeIdleDrawsNoMoreThanTenTimesTheMiddleAndOneThatClaimsToBeFullATenth() {
        Picker picker = picker(1, 1, 1, 1, 1);
        reports(Map.of(
                0, report(1e12, 0, 1e-9),
                1, report(100, 0, 0.5),
                2, report(100, 0, 0.5),
                3, report(100, 0, 0.5),
                4, report(1e-9, 1e12, 1e12)));
        double sum = 10 + 3 + 0.1;
        assertThat(shares(picker))
                .containsExactly(new double[] {10 / sum, 1 / sum, 1 / sum, 1 / sum, 0.1 / sum}, NEARLY);
    }

    @Test
    void newsCountAfterASecondAtMostAndNotWithEachPick() {
        Picker picker = picker(1, 1);
        reports(Map.of(0, report(100, 0, 0.5), 1, report(100, 0, 0.5)));
        assertThat(shares(picker)).containsExactly(new double[] {0.5, 0.5}, NEARLY);
        node(0).report(report(100, 0, 0.1), time.nanos());
        node(1).report(report(100, 0, 0.9), time.nanos());
        time.advance(Duration.ofMillis(999));
        assertThat(shares(picker)).containsExactly(new double[] {0.5, 0.5}, NEARLY);
        time.advance(Duration.ofMillis(1));
        assertThat(shares(picker)).containsExactly(new double[] {0.9, 0.1}, NEARLY);
    }

    @Test
    void aNewNodeStartsSlowlyWhateverItReports() {
        SlowStart slowStart = new SlowStart(Duration.ofSeconds(40).toNanos());
        picker(1, 1);
        time.advance(Duration.ofSeconds(40));
        Picker picker = picker(new ReportedWeights(List.of(), 1), slowStart, 1, 1, 1);
        reports(Map.of(0, report(100, 0, 0.5), 1, report(100, 0, 0.5), 2, report(100, 0, 0.5)));
        // In three of four of its turns it is passed over.
        assertThat(shares(picker)[2]).isCloseTo(0.25 / 3, NEARLY);
    }
}
