package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Nodes outside of the subset hold no connections; those within are covered. */
class SparesTest {
    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);
    private final Spares spares = new Spares(new Random(1));
    private final List<Node> open = new ArrayList<>();

    private Members members(Subset subset) {
        Members members = new Members(
                cluster,
                time,
                new Random(2),
                BalancerKind.P2C.balancer(new Tuning(1, new SlowStart(0), new Random(1))),
                Pipeline.of(0.5, subset),
                spares,
                null);
        members.lead();
        return members;
    }

    private static List<Endpoint> endpoints(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList();
    }

    private Set<Node> used() {
        return cluster.nodes().stream().filter(node -> !node.spare()).collect(Collectors.toCollection(HashSet::new));
    }

    private void connect(Node node) {
        node.attemptStarted();
        node.resource(this, n -> {
            open.add(n);
            return () -> open.remove(n);
        });
    }

    @Test
    void onlyTheSubsetIsPickedAndNotSpare() {
        cluster.endpoints(endpoints(50));
        Members members = members(new Rendezvous(5, 1));
        assertThat(used()).hasSize(5);
        for (int i = 0; i < 200; i++) {
            assertThat(used()).contains(members.pick(MembersTest.attempt(time)));
        }
    }

    @Test
    void whoIsEjectedIsReplacedKeepsItsPlaceAndComesBack() {
        cluster.endpoints(endpoints(50));
        cluster.ejections().allow(0.5);
        Members members = members(new Rendezvous(5, 1));
        Set<Node> before = used();
        Node sick = before.iterator().next();

        cluster.ejections().eject(sick, time.nanos() + 1_000_000, false);
        Set<Node> during = used();
        assertThat(during).hasSize(6).containsAll(before);
        for (int i = 0; i < 200; i++) {
            assertThat(members.pick(MembersTest.attempt(time))).isNotSameAs(sick);
        }
        cluster.ejections().readmit(sick);
        assertThat(used()).isEqualTo(before);
    }

    @Test
    void whoLeavesTheSubsetClosesWhenItsLastAttemptHasEnded() {
        cluster.endpoints(endpoints(50));
        Members members = members(new Rendezvous(5, 1));
        for (Node node : used()) {
            connect(node);
        }
        Node idle = used().iterator().next();
        idle.attemptEnded();
        assertThat(open).hasSize(5);

        members(new Rendezvous(5, 2));
        Set<Node> now = used();
        assertThat(now).doesNotContain(idle);
        assertThat(open).hasSize(4).doesNotContain(idle);
        new ArrayList<>(open).forEach(Node::attemptEnded);
        assertThat(now).containsAll(open);
        assertThat(members).isNotNull();
    }

    @Test
    void whatAnAttemptHasFoundIsNotClosedUnderIt() throws InterruptedException {
        cluster.endpoints(endpoints(1));
        Node node = cluster.nodes().get(0);
        Connection connection = node.resource(this, n -> new Connection());
        node.spare(true);
        // Holds up whoever is about to close, after he saw that nobody calls.
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread maker = new Thread(() -> node.resource(making, n -> {
            making.countDown();
            awaitUninterruptibly(go);
            return new Connection();
        }));
        maker.start();
        making.await();
        Thread closer = new Thread(node::closeUnused);
        closer.start();
        await().until(() -> closer.getState() == Thread.State.WAITING);

        node.attemptStarted();
        Connection found = node.resource(this, n -> new Connection());
        assertThat(found).isSameAs(connection);
        go.countDown();
        maker.join();
        closer.join();
        assertThat(connection.closed).isFalse();

        node.attemptEnded();
        assertThat(connection.closed).isTrue();
    }

    /** Of two who tell at once, a change of the list and a new policy say, the last to tell knows what the other does. */
    @Test
    void whatIsToldIsAskedForByOneAfterTheOther() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        Pipeline.Selection selection = Pipeline.of(0.5).select(cluster.nodes());
        Thread other = new Thread(() -> spares.tell(this, () -> {
            asked.incrementAndGet();
            return selection;
        }));
        spares.lead(this);
        spares.tell(this, () -> {
            other.start();
            await().until(() -> asked.get() > 0 || other.getState() == Thread.State.WAITING);
            assertThat(asked).hasValue(0);
            return selection;
        });
        other.join();
        assertThat(asked).hasValue(1);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Connection implements AutoCloseable {
        volatile boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void ofTwoPickersOnlyTheOneThatLeadsSaysWhoIsSpare() {
        cluster.endpoints(endpoints(50));
        Members old = members(new Rendezvous(5, 1));
        Members fresh = members(Subset.OFF);
        assertThat(used()).hasSize(50);
        cluster.endpoints(endpoints(51));
        assertThat(used()).hasSize(51);
        old.lead();
        assertThat(used()).hasSize(5);
        assertThat(fresh).isNotNull();
    }
}
