package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);

    private static Endpoint endpoint(int last) {
        return Endpoint.of("10.0.0." + last, 80);
    }

    private static Endpoint weightless(int last) {
        return endpoint(last).withWeight(0);
    }

    private static Endpoint sick(int last) {
        return endpoint(last).withHealth(Health.UNHEALTHY);
    }

    private Candidates of(double panicShare, Endpoint... endpoints) {
        cluster.endpoints(List.of(endpoints));
        return Candidates.of(cluster.nodes(), panicShare);
    }

    private static List<String> hosts(Candidates candidates) {
        return candidates.nodes().stream().map(node -> node.endpoint().host()).toList();
    }

    @Test
    void nodesOfWeightZeroNeitherTakeTrafficNorCountForPanic() {
        Candidates candidates = of(0.5, endpoint(1), weightless(2), weightless(3), weightless(4));
        assertThat(candidates.panic()).isFalse();
        assertThat(hosts(candidates)).containsExactly("10.0.0.1");
    }

    @Test
    void inPanicNodesOfWeightZeroStillTakeNone() {
        Candidates candidates = of(0.5, sick(1), sick(2), endpoint(3), weightless(4));
        assertThat(candidates.panic()).isTrue();
        assertThat(hosts(candidates)).containsExactly("10.0.0.1", "10.0.0.2", "10.0.0.3");
    }

    @Test
    void whereAllWeightsAreZeroAllTakeTraffic() {
        Candidates candidates = of(0.5, weightless(1), weightless(2));
        assertThat(candidates.panic()).isFalse();
        assertThat(hosts(candidates)).containsExactly("10.0.0.1", "10.0.0.2");
    }

    @Test
    void withHalfOfThemThereIsNoPanicYet() {
        assertThat(of(0.5, endpoint(1), sick(2)).panic()).isFalse();
        assertThat(of(0.5, endpoint(1), sick(2), sick(3)).panic()).isTrue();
    }

    @Test
    void withoutPanicNobodyTakesTrafficWhereAllAreSick() {
        assertThat(of(0, sick(1), sick(2)).nodes()).isEmpty();
    }

    @Test
    void whoLeavesTakesNoneInPanicEither() {
        Candidates candidates = of(0.5, sick(1), endpoint(2).withHealth(Health.DRAINING));
        assertThat(candidates.panic()).isTrue();
        assertThat(hosts(candidates)).containsExactly("10.0.0.1");
    }

    @Test
    void theDegradedTakeTrafficWhenNobodyIsHealthy() {
        Endpoint degraded = endpoint(2).withHealth(Health.DEGRADED);
        assertThat(hosts(of(0.5, endpoint(1), degraded))).containsExactly("10.0.0.1");
        Node healthy = cluster.nodes().get(0);
        cluster.ejections().allow(0.1);
        cluster.ejections().eject(healthy, time.nanos() + 1, false);
        assertThat(hosts(Candidates.of(cluster.nodes(), 0.5))).containsExactly("10.0.0.2");
    }
}
