package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What many threads share. */
class EjectionsTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);
    private final Ejections ejections = cluster.ejections();

    private static List<Endpoint> endpoints(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> Endpoint.of("10.0." + i / 256 + "." + i % 256, 80))
                .toList();
    }

    private long out() {
        return cluster.nodes().stream()
                .filter(node -> node.standing().ejected())
                .count();
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "3, 1", "10, 1", "29, 2", "30, 3", "200, 20"})
    void manyThreadsThatEjectAtOnceEjectNoMoreThanMayBeOut(int size, int most) {
        cluster.endpoints(endpoints(size));
        ejections.allow(0.1);
        AtomicInteger ejected = new AtomicInteger();

        Threads.atOnce(4, thread -> {
            for (Node node : cluster.nodes()) {
                if (ejections.eject(node, time.nanos() + SECOND, false)) {
                    ejected.incrementAndGet();
                }
            }
        });

        assertThat(ejected).hasValue(most);
        assertThat(out()).isEqualTo(most);
        assertThat(ejections.count()).isEqualTo(most);
    }

    @Test
    void aShareOfOneLeavesTheLast() {
        cluster.endpoints(endpoints(7));
        ejections.allow(1);
        cluster.nodes().forEach(node -> ejections.eject(node, time.nanos() + SECOND, false));
        assertThat(out()).isEqualTo(6);
    }

    @Test
    void whereNoneMayBeOutNoneIsHoweverCertainItIs() {
        cluster.endpoints(endpoints(3));
        ejections.allowNone();
        assertThat(ejections.eject(cluster.nodes().get(0), time.nanos() + SECOND, true))
                .isFalse();
        assertThat(out()).isZero();
    }

    @Test
    void ofManyWhoAskOneGetsTheProbe() {
        cluster.endpoints(endpoints(3));
        ejections.allow(0.1);
        ejections.eject(cluster.nodes().get(0), time.nanos() + SECOND, false);
        time.advance(Duration.ofSeconds(1));
        AtomicInteger claimed = new AtomicInteger();

        Threads.atOnce(4, thread -> {
            for (int i = 0; i < 1_000; i++) {
                if (ejections.claimProbe(new Object(), true, time.nanos()) != null) {
                    claimed.incrementAndGet();
                }
            }
        });

        assertThat(claimed).hasValue(1);
    }

    @Test
    void onlyWhoHoldsTheClaimCanGiveItBackOrKeepTheNodeOut() {
        cluster.endpoints(endpoints(3));
        ejections.allow(0.1);
        Node node = cluster.nodes().get(0);
        ejections.eject(node, time.nanos() + SECOND, false);
        time.advance(Duration.ofSeconds(1));
        Object holder = new Object();
        assertThat(ejections.claimProbe(holder, true, time.nanos())).isSameAs(node);

        ejections.releaseProbe(node, new Object(), false);
        assertThat(ejections.claimProbe(new Object(), true, time.nanos())).isNull();
        assertThat(ejections.keepOut(node, new Object(), time.nanos() + SECOND, false))
                .isFalse();

        ejections.releaseProbe(node, holder, false);
        assertThat(ejections.claimProbe(new Object(), true, time.nanos())).isSameAs(node);
    }

    @Test
    void probesThatAreNotSentLeaveTheirTurnToCalls() {
        time.advance(Duration.ofSeconds(2));
        cluster.endpoints(endpoints(3));
        ejections.allow(0.1);
        Node node = cluster.nodes().get(0);
        ejections.eject(node, time.nanos(), false);
        Object none = new Object();
        while (ejections.claimProbe(none, true, time.nanos()) != null) {
            ejections.keepOut(node, none, time.nanos(), true);
        }
        int calls = 0;
        while (ejections.claimProbe(this, false, time.nanos()) == null && calls < 1_000) {
            calls++;
            // Beside each call somebody finds that he cannot pay for it.
            Object beside = new Object();
            if (ejections.claimProbe(beside, true, time.nanos()) != null) {
                ejections.releaseProbe(node, beside, false);
            }
        }
        assertThat(calls).isEqualTo(2 * ProbePace.CALLS - 1);
    }

    @Test
    void whateverThreadsDoAtOnceTheBooksAgreeAndNodesComeBack() {
        cluster.endpoints(endpoints(40));
        ejections.allow(0.1);
        Threads.atOnce(4, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 5_000; i++) {
                List<Node> nodes = cluster.nodes();
                Node node = nodes.get(random.nextInt(nodes.size()));
                switch (random.nextInt(8)) {
                    case 0 -> cluster.endpoints(endpoints(1 + random.nextInt(40)));
                    case 1 -> ejections.readmit(node);
                    case 2 -> ejections.allow(random.nextInt(3) * 0.1);
                    case 3, 4 -> {
                        Object probe = new Object();
                        Node claimed = ejections.claimProbe(probe, true, time.nanos());
                        if (claimed != null && random.nextBoolean()) {
                            ejections.keepOut(claimed, probe, time.nanos(), false);
                        } else if (claimed != null) {
                            ejections.releaseProbe(claimed, probe, false);
                        }
                    }
                    default -> ejections.eject(node, time.nanos(), false);
                }
            }
        });

        ejections.allow(0.1);
        cluster.endpoints(endpoints(35));
        assertThat(ejections.count()).isEqualTo((int) out()).isLessThanOrEqualTo(3);
        // Calls that find nothing due pay what is owed and earn the probes to come.
        for (int call = 0; call < 2 * ProbePace.CALLS * ProbePace.AT_ONCE; call++) {
            assertThat(ejections.claimProbe(this, false, time.nanos() - SECOND)).isNull();
        }
        List<Node> probed = new ArrayList<>();
        Node due = ejections.claimProbe(this, true, time.nanos());
        while (due != null) {
            probed.add(due);
            due = ejections.claimProbe(this, true, time.nanos());
        }
        assertThat(probed).doesNotHaveDuplicates().hasSize(ejections.count());
        probed.forEach(ejections::readmit);
        assertThat(out()).isZero();
    }

    @Test
    void aProbeThatIsSentInVainCostsTenTimesAsManyCalls() {
        // One for what was saved at first.
        assertThat(probes(10_000, false))
                .isBetween(10_000 / ProbePace.CALLS_IN_VAIN, 10_000 / ProbePace.CALLS_IN_VAIN + 1);
    }

    @Test
    void howeverFewCallsThereAreOneProbeInFourSecondsThereIs() {
        cluster.endpoints(endpoints(3));
        ejections.allow(0.1);
        ejections.eject(cluster.nodes().get(0), time.nanos(), false);
        int probes = 0;
        for (int second = 0; second < 100; second++) {
            time.advance(Duration.ofSeconds(1));
            Object probe = new Object();
            Node node = ejections.probeDue(time.nanos()) ? ejections.claimProbe(probe, true, time.nanos()) : null;
            if (node != null) {
                probes++;
                ejections.keepOut(node, probe, time.nanos(), false);
            }
        }
        assertThat(probes).isBetween(25, 27);
    }

    @Test
    void aProbeThatIsGivenUpUnderWayCostsAsMuchAsOneInVain() {
        cluster.endpoints(endpoints(3));
        ejections.allow(0.1);
        Node node = cluster.nodes().get(0);
        ejections.eject(node, time.nanos(), false);
        Object probe = new Object();
        assertThat(ejections.claimProbe(probe, true, time.nanos())).isSameAs(node);
        ejections.releaseProbe(node, probe, true);
        assertThat(ejections.claimProbe(new Object(), true, time.nanos())).isNull();
    }

    @Test
    void theProbeThatThereIsInFourSecondsIsThereAsLongAsItIsNotSent() {
        cluster.endpoints(endpoints(3));
        ejections.allow(0.1);
        Node node = cluster.nodes().get(0);
        ejections.eject(node, time.nanos(), false);
        Object inVain = new Object();
        assertThat(ejections.claimProbe(inVain, true, time.nanos())).isSameAs(node);
        ejections.keepOut(node, inVain, time.nanos(), false);
        time.advance(Duration.ofSeconds(4));
        for (int i = 0; i < 3; i++) {
            Object unsent = new Object();
            assertThat(ejections.claimProbe(unsent, true, time.nanos())).isSameAs(node);
            ejections.releaseProbe(node, unsent, false);
        }
    }

    @Test
    void howeverManyAreOutOneInTwentyCallsIsAProbe() {
        // The first call has nothing to add to: all that can be saved is there. What one probe costs is left to others.
        assertThat(probes(1_000, true)).isEqualTo((1_000 - 1) / ProbePace.CALLS + ProbePace.AT_ONCE - 1);
    }

    /** Of so many calls at one moment, while 100 are out whose probes fail. */
    private int probes(int calls, boolean unsent) {
        cluster.endpoints(endpoints(200));
        ejections.allow(0.1);
        cluster.nodes().subList(0, 100).forEach(node -> ejections.eject(node, time.nanos(), true));
        time.advance(Duration.ofSeconds(1));
        int probes = 0;
        for (int call = 0; call < calls; call++) {
            Object probe = new Object();
            Node node = ejections.claimProbe(probe, false, time.nanos());
            if (node != null) {
                probes++;
                ejections.keepOut(node, probe, time.nanos(), unsent);
            }
        }
        return probes;
    }

    @Test
    void whereFewAreOutEachIsProbedWhenItIsDue() {
        cluster.endpoints(endpoints(10));
        ejections.allow(0.1);
        Node out = cluster.nodes().get(0);
        ejections.eject(out, time.nanos() + SECOND, true);
        for (int second = 0; second < 100; second++) {
            time.advance(Duration.ofSeconds(1));
            for (int call = 0; call < ProbePace.CALLS; call++) {
                Object probe = new Object();
                Node node = ejections.claimProbe(probe, true, time.nanos());
                ejections.claimProbe(probe, false, time.nanos());
                assertThat(node).isSameAs(call == 0 ? out : null);
                if (node != null) {
                    ejections.keepOut(node, probe, time.nanos() + SECOND, true);
                }
            }
        }
    }
}
