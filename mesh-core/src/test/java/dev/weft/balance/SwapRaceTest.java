package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Kept;
import dev.weft.testkit.Race;
import dev.weft.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Lists are swapped while calls begin and end, and the cluster is closed: whichever was first, picks are of the list that
 * is in force then, and nothing is kept for nodes that have left, were they picked before or not.
 */
class SwapRaceTest {
    private static final int ROUNDS = 500;
    private static final int CHANGES = 3;
    private static final int CALLS = 6;
    private static final List<Endpoint> FIRST = list("10.0.0.1", "10.0.0.2");
    private static final List<Endpoint> SECOND = list("10.0.0.2", "10.0.0.3");
    private static final List<Endpoint> THIRD = list("10.0.0.4");

    private final FakeTime time = new FakeTime();

    private static List<Endpoint> list(String... hosts) {
        return Stream.of(hosts).map(host -> Endpoint.of(host, 80)).toList();
    }

    @Test
    void ofTwoListsThatAreToldAtOnceOneHolds() {
        Race.rounds(ROUNDS, () -> {
            Swapped swapped = new Swapped(time);
            return Race.of(
                    () -> {
                        swapped.assertInStep();
                        assertThat(swapped.endpoints()).isIn(SECOND, THIRD);
                    },
                    () -> swapped.tell(SECOND),
                    () -> swapped.tell(THIRD),
                    swapped::calls);
        });
    }

    @Test
    void onceTheClusterIsClosedNoListThatIsToldMeanwhileOrAfterHolds() {
        Race.rounds(ROUNDS, () -> {
            Swapped swapped = new Swapped(time);
            return Race.of(
                    () -> {
                        swapped.assertInStep();
                        assertThat(swapped.endpoints()).isEmpty();
                    },
                    () -> swapped.tell(SECOND),
                    swapped.cluster::close,
                    swapped::calls);
        });
    }

    /** A cluster and who picks of it. */
    private static final class Swapped {
        private final FakeTime time;
        private final Cluster cluster;
        private final Members members;
        private final Kept kept = new Kept();

        Swapped(FakeTime time) {
            this.time = time;
            Time yielding = new Yielding(time);
            this.cluster = new Cluster("inventory", yielding);
            cluster.endpoints(FIRST);
            this.members = MembersTest.inTurn(cluster, yielding, null);
        }

        void tell(List<Endpoint> last) {
            for (int i = 0; i < CHANGES; i++) {
                cluster.endpoints(FIRST);
                cluster.endpoints(last);
                cluster.nodes().forEach(this::call);
            }
        }

        void calls() {
            for (int i = 0; i < CALLS; i++) {
                Node node = members.pick(MembersTest.attempt(time));
                if (node != null) {
                    call(node);
                }
            }
        }

        private void call(Node node) {
            node.attemptStarted();
            assertThat(kept.use(node)).as("open while it is used").isTrue();
            node.attemptEnded();
        }

        List<Endpoint> endpoints() {
            return cluster.nodes().stream().map(Node::endpoint).toList();
        }

        void assertInStep() {
            // What came while another was built is built by a timer.
            time.advance(Duration.ZERO);
            Set<Node> picked = new HashSet<>();
            for (int i = 0; i < CALLS; i++) {
                Call attempt = MembersTest.attempt(time);
                Node node = members.pick(attempt);
                if (node != null) {
                    picked.add(node);
                }
            }
            assertThat(picked).containsExactlyInAnyOrderElementsOf(cluster.nodes());
            kept.assertOpenOnlyFor(cluster.nodes());
        }
    }

    /** Whoever asks it for the time lets others go first: who changes the list, or builds of it, is met in the middle. */
    private record Yielding(FakeTime time) implements Time {
        @Override
        @SuppressWarnings("ThreadPriorityCheck")
        public long nanos() {
            Thread.yield();
            return time.nanos();
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public Scheduled after(long delayNanos, Runnable task) {
            return time.after(delayNanos, task);
        }

        @Override
        public void park(BooleanSupplier done, long untilNanos) {
            time.park(done, untilNanos);
        }
    }
}
