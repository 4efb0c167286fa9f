package dev.weft.balance;

import dev.weft.endpoint.LoadReport;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Reported;
import dev.weft.policy.Policy;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Weights by what servers report of their load (gRFC A58): what a server would serve if it were full, {@code qps /
 * (utilization + errors)}. Who reports nothing gets the mean.
 *
 * @param metrics which of the named figures tell the utilization (gRFC A114): the largest of those reported counts, before
 *     the application's own and that of the processors
 * @param errorPenalty what a request that fails adds to the utilization
 */
record ReportedWeights(List<String> metrics, double errorPenalty) {
    static final Setting<List<String>> METRICS = Setting.service(
            "balancer.load.metrics",
            SettingTypes.listOf(SettingTypes.text(
                    "(utilization|named_metrics)\\.[!-+\\--~]+",
                    "the name of a reported figure, such as utilization.queue or named_metrics.depth")),
            List.of(),
            "weightedRoundRobin: which of the figures that servers name in their load reports tell how full they are; else"
                    + " application_utilization, else cpu_utilization.");
    static final Setting<Double> ERROR_PENALTY = Setting.service(
            "balancer.load.errorPenalty",
            SettingTypes.number(0, 1000),
            1.0,
            "weightedRoundRobin: how much a server's share of failures adds to how full it is taken to be.");

    static final ReportedWeights BUILT_IN = of(Policy.builtIn(""));

    /** No server is taken to be so much stronger or weaker than the middle one, whatever it says of itself. */
    private static final double MOST_APART = 10;

    static ReportedWeights of(Policy policy) {
        return new ReportedWeights(policy.get(METRICS), policy.get(ERROR_PENALTY));
    }

    /** The shares times what the reports make of them; as they are, where fewer than two nodes report. */
    List<Share> of(List<Share> shares, long nowNanos) {
        double[] weights = shares.stream()
                .mapToDouble(share -> weight(share.node(), nowNanos))
                .toArray();
        double[] known =
                Arrays.stream(weights).filter(weight -> weight > 0).sorted().toArray();
        if (known.length < 2) {
            return shares;
        }
        double middle = known[(known.length - 1) / 2];
        double mean = Arrays.stream(known)
                .map(weight -> near(weight, middle))
                .average()
                .orElse(middle);
        return IntStream.range(0, weights.length)
                .mapToObj(i -> new Share(
                        shares.get(i).node(),
                        shares.get(i).weight() * (weights[i] > 0 ? near(weights[i], middle) / mean : 1)))
                .toList();
    }

    private static double near(double weight, double middle) {
        return Math.max(middle / MOST_APART, Math.min(middle * MOST_APART, weight));
    }

    /** 0 where none can be told. */
    private double weight(Node node, long nowNanos) {
        Reported said = node.reported();
        if (said == null || !said.counts(nowNanos)) {
            return 0;
        }
        LoadReport report = said.report();
        double utilization = utilization(report);
        return utilization == 0 ? 0 : report.qps() / (utilization + report.eps() / report.qps() * errorPenalty);
    }

    private double utilization(LoadReport report) {
        double most = 0;
        for (String name : metrics) {
            most = Math.max(most, report.named().getOrDefault(name, 0.0));
        }
        if (most > 0) {
            return most;
        }
        return report.applicationUtilization() > 0 ? report.applicationUtilization() : report.cpuUtilization();
    }

    // Written out: a start needs it, and would have to link the compiler's (0146).
    @Override
    public int hashCode() {
        return metrics.hashCode() * 31 + Double.hashCode(errorPenalty);
    }
}
