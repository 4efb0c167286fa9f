package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Standing.Strike;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands of a node while it is out, and what does not outlast its return. Of three one may be out by comparison. */
class EjectedNodesTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);
    private final Ejections ejections = cluster.ejections();
    private final Object prober = new Object();

    @BeforeEach
    void serve() {
        serve(3);
        ejections.allow(0.1);
    }

    private void serve(int nodes) {
        cluster.endpoints(IntStream.range(0, nodes)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
    }

    private Node node(int at) {
        return cluster.nodes().get(at);
    }

    private boolean eject(Node node, boolean certain) {
        return ejections.eject(node, time.nanos() + SECOND, certain);
    }

    private Node claimed() {
        time.advance(Duration.ofSeconds(1));
        return Objects.requireNonNull(ejections.claimProbe(prober, true, time.nanos()));
    }

    @Test
    void whoIsOutBeyondDoubtTakesNoPlaceOfThoseWhoAreByComparison() {
        assertThat(eject(node(0), true)).isTrue();
        assertThat(eject(node(1), false)).isTrue();
        assertThat(eject(node(2), false)).as("the last").isFalse();
    }

    @Test
    void whoIsOutByComparisonLeavesPlaceForOneBeyondDoubt() {
        assertThat(eject(node(0), false)).isTrue();
        assertThat(eject(node(1), false)).isFalse();
        assertThat(eject(node(1), true)).isTrue();
    }

    @Test
    void whoHasToProveMoreIsProbedAgain() {
        Node node = node(0);
        node.standing().condemn(3);
        eject(node, false);
        assertThat(ejections.doubts(claimed(), prober, time.nanos() + SECOND)).isTrue();
        assertThat(ejections.claimProbe(prober, true, time.nanos() + SECOND - 1))
                .isNull();
        assertThat(ejections.doubts(claimed(), prober, time.nanos() + SECOND)).isTrue();
        assertThat(ejections.doubts(claimed(), prober, time.nanos() + SECOND))
                .as("the third")
                .isFalse();
        assertThat(node.standing().ejected()).as("until it is readmitted").isTrue();
    }

    @Test
    void aBadAnswerBetweenStartsTheProofAnew() {
        node(0).standing().condemn(2);
        eject(node(0), false);
        assertThat(ejections.doubts(claimed(), prober, time.nanos() + SECOND)).isTrue();
        ejections.keepOut(claimed(), prober, time.nanos() + SECOND, false);
        // A probe in vain has its price.
        time.advance(Duration.ofSeconds(4));
        assertThat(ejections.doubts(claimed(), prober, time.nanos() + SECOND)).isTrue();
        time.advance(Duration.ofSeconds(4));
        assertThat(ejections.doubts(claimed(), prober, time.nanos() + SECOND)).isFalse();
    }

    @Test
    void aGoodAnswerToAnotherCallIsAProofAndLeavesTheClaimWhereItIs() {
        node(0).standing().condemn(3);
        eject(node(0), false);
        Node node = claimed();
        assertThat(ejections.doubts(node, new Object(), time.nanos())).isTrue();
        time.advance(Duration.ofSeconds(2));
        assertThat(ejections.claimProbe(new Object(), true, time.nanos())).isNull();
        assertThat(ejections.doubts(node, prober, time.nanos())).isTrue();
        assertThat(ejections.claimProbe(prober, true, time.nanos())).isEqualTo(node);
    }

    @Test
    void whoIsInUseHasNothingToProve() {
        node(0).standing().condemn(3);
        assertThat(ejections.doubts(node(0), prober, time.nanos())).isFalse();
    }

    @Test
    void aProbeThatFailsInAnotherWayTakesNoDoubtAwayNorItsPlace() {
        eject(node(0), true);
        assertThat(ejections.keepOut(claimed(), prober, time.nanos() + SECOND, false))
                .isTrue();
        assertThat(node(0).standing().dead()).isTrue();
        assertThat(eject(node(1), false)).isTrue();
    }

    @Test
    void aProbeThatIsRefusedLeavesNoDoubt() {
        eject(node(0), false);
        assertThat(ejections.keepOut(claimed(), prober, time.nanos() + SECOND, true))
                .isTrue();
        assertThat(node(0).standing().dead()).isTrue();
        assertThat(eject(node(1), false)).as("its place is free").isTrue();
    }

    @Test
    void whoHasLeftOrTakesNoTrafficIsNotEjected() {
        Node gone = node(2);
        serve(2);
        assertThat(eject(gone, true)).isFalse();
        cluster.endpoints(List.of(
                node(0).endpoint().withHealth(Health.DRAINING), node(1).endpoint(), Endpoint.of("10.0.0.7", 80)));
        assertThat(eject(node(0), true)).isFalse();
        assertThat(ejections.count()).isZero();
    }

    @Test
    void whereAllThatStayAreOutBeyondDoubtOneIsBack() {
        eject(node(0), true);
        eject(node(1), true);
        serve(2);
        assertThat(ejections.count()).isEqualTo(1);
        serve(1);
        assertThat(ejections.count()).isZero();
    }

    @Test
    void whereTooManyAreOutTheFirstThatIsDueIsBack() {
        serve(20);
        assertThat(ejections.eject(node(3), time.nanos() + 2 * SECOND, false)).isTrue();
        assertThat(ejections.eject(node(4), time.nanos() + SECOND, false)).isTrue();
        serve(19);
        assertThat(node(3).standing().ejected()).isTrue();
        assertThat(node(4).standing().ejected()).isFalse();
    }

    @Test
    void whatARuleHasFoundIsNotFoundTwice() {
        Standing standing = node(0).standing();
        standing.tally().add(true, time.nanos());
        assertThat(standing.condemn(1)).as("news").isTrue();
        assertThat(standing.tally().counts(time.nanos()).all()).isZero();
        assertThat(standing.condemn(1)).isFalse();
    }

    @Test
    void whoIsTakenBackBeginsAnew() {
        Node node = node(0);
        node.latency().observe(SECOND, time.nanos(), SECOND);
        node.report(new LoadReport(0.5, 0.5, 100, 0, Map.of()), time.nanos());
        node.standing().strike(Strike.FAILED);
        node.standing().condemn(1);
        eject(node, false);
        node.standing().tally().add(true, time.nanos());
        time.advance(Duration.ofSeconds(3));
        long before = time.nanos();
        time.advance(Duration.ofSeconds(1));

        ejections.allowNone();

        assertThat(node.latency().blank()).isTrue();
        assertThat(node.reported()).isNull();
        assertThat(node.standing().strikes(Strike.FAILED)).isZero();
        assertThat(node.standing().condemned()).isFalse();
        assertThat(node.standing().tally().counts(time.nanos()).all()).isZero();
        assertThat(node.standing().judges(before)).as("a call from before").isFalse();
        assertThat(node.standing().judges(time.nanos())).isTrue();
    }

    @Test
    void whoHasGivenItsProbeBackHasNoSayAnyMore() {
        eject(node(0), false);
        ejections.releaseProbe(claimed(), prober, false);
        assertThat(ejections.keepOut(node(0), prober, time.nanos() + SECOND, true))
                .isFalse();
        assertThat(node(0).standing().dead()).isFalse();
    }

    @Test
    void aProbeThatWasGivenUpUnderWayIsMadeAgainWhenAsMuchTimeHasPassedAgain() {
        ejections.eject(node(0), time.nanos() + 5 * SECOND, false);
        time.advance(Duration.ofSeconds(4));
        ejections.releaseProbe(claimed(), prober, true);
        time.advance(Duration.ofMillis(4_900));
        assertThat(ejections.claimProbe(prober, true, time.nanos())).isNull();
        time.advance(Duration.ofMillis(100));
        assertThat(ejections.claimProbe(prober, true, time.nanos())).isSameAs(node(0));
    }

    @Test
    void whereNobodyIsOutNoProbeIsDue() {
        eject(node(0), false);
        time.advance(Duration.ofSeconds(10));
        assertThat(ejections.probeDue(time.nanos())).isTrue();
        ejections.readmit(node(0));
        assertThat(ejections.probeDue(time.nanos())).isFalse();
    }
}
