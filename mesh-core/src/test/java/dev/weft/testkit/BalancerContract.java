package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.balance.Balancer;
import dev.weft.balance.Picker;
import dev.weft.balance.Share;
import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link Balancer} promises. Extend it and give yours:
 *
 * <pre>{@literal
 * class MyBalancerTest extends BalancerContract {
 *   protected Balancer balancer() { return new MyBalancer(); }
 * }
 * }</pre>
 */
public abstract class BalancerContract {
    protected final FakeTime time = new FakeTime();

    /** The balancer under test, made anew for each test. */
    protected abstract Balancer balancer();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100, 5_000})
    public void picksOnlyFromWhatItWasGiven(int size) {
        List<Node> nodes = nodes(size, 1);
        Picker picker = balancer().picker(Share.of(nodes));
        Set<Node> given = new HashSet<>(nodes);
        for (int i = 0; i < 1_000; i++) {
            assertThat(given).contains(picker.pick(attempt(), time.nanos()));
        }
    }

    @Test
    public void everyHealthyNodeGetsItsTurn() {
        List<Node> nodes = nodes(5, 1);
        Picker picker = balancer().picker(Share.of(nodes));
        Set<Node> picked = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            picked.add(picker.pick(attempt(), time.nanos()));
        }
        assertThat(picked).hasSameElementsAs(nodes);
    }

    @Test
    public void aNodeThatWasTriedIsAvoidedWhileThereIsAnother() {
        List<Node> nodes = nodes(3, 1);
        Picker picker = balancer().picker(Share.of(nodes));
        for (int i = 0; i < 1_000; i++) {
            Call call = call();
            List<Node> tried = new ArrayList<>();
            for (int attempt = 0; attempt < nodes.size(); attempt++) {
                Call next = call.newAttempt();
                Node node = picker.pick(next, time.nanos());
                assertThat(tried).doesNotContain(node);
                next.node(node);
                tried.add(node);
            }
            assertThat(nodes).contains(picker.pick(call.newAttempt(), time.nanos()));
        }
    }

    @Test
    public void aNodeThatAskedForRestIsAvoidedWhileThereIsAnother() {
        List<Node> nodes = nodes(3, 1);
        nodes.get(0).avoidUntil(time.nanos() + Duration.ofSeconds(1).toNanos());
        Picker picker = balancer().picker(Share.of(nodes));
        for (int i = 0; i < 1_000; i++) {
            assertThat(picker.pick(attempt(), time.nanos())).isNotSameAs(nodes.get(0));
        }
    }

    @Test
    public void nodesOfWeightZeroAmongThemselvesArePickedAllTheSame() {
        List<Node> nodes = nodes(2, 0);
        assertThat(nodes).contains(balancer().picker(Share.of(nodes)).pick(attempt(), time.nanos()));
    }

    @Test
    public void weightsMayDifferAsMuchAsTheyCan() {
        List<Node> nodes = nodes(1_000, 1);
        List<Share> shares = IntStream.range(0, nodes.size())
                .mapToObj(i -> new Share(nodes.get(i), i == 500 ? Endpoint.MAX_WEIGHT : i % 2 == 0 ? 1 : 1e-6))
                .toList();
        Picker picker = balancer().picker(shares);
        int heavy = 0;
        for (int i = 0; i < 10_000; i++) {
            heavy += picker.pick(attempt(), time.nanos()) == nodes.get(500) ? 1 : 0;
        }
        assertThat(heavy).isGreaterThan(3_000);
    }

    @Test
    public void withAKeyTooWhatWasTriedOrAskedForRestIsAvoided() {
        List<Node> nodes = nodes(5, 1);
        nodes.get(0).avoidUntil(time.nanos() + Duration.ofSeconds(1).toNanos());
        Picker picker = balancer().picker(Share.of(nodes));
        for (long key = 0; key < 1_000; key++) {
            Call call = call();
            Set<Node> tried = new HashSet<>();
            for (int attempt = 0; attempt < 4; attempt++) {
                Call next = call.newAttempt();
                Node node = picker.pick(next, time.nanos(), key << 32 | key);
                assertThat(node).isNotSameAs(nodes.get(0));
                assertThat(tried.add(node)).isTrue();
                next.node(node);
            }
        }
    }

    @Test
    public void manyThreadsPickAtOnce() throws InterruptedException {
        Set<Node> given = Set.copyOf(nodes(10, 1));
        Picker picker = balancer().picker(Share.of(List.copyOf(given)));
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(4);
        IntStream.range(0, 4)
                .forEach(thread -> new Thread(() -> {
                            try {
                                for (int i = 0; i < 10_000; i++) {
                                    assertThat(given.contains(picker.pick(attempt(), time.nanos())))
                                            .isTrue();
                                }
                            } catch (Throwable e) {
                                thrown.set(e);
                            } finally {
                                done.countDown();
                            }
                        })
                        .start());
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(thrown.get()).isNull();
    }

    /** So many nodes of one service, which nobody has called yet. */
    protected List<Node> nodes(int size, int weight) {
        Cluster cluster = new Cluster("service", time);
        cluster.endpoints(IntStream.range(0, size)
                .mapToObj(i -> Endpoint.of("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256, 8080)
                        .withWeight(weight))
                .toList());
        return cluster.nodes();
    }

    protected Call call() {
        return new Call("request", Policy.builtIn("service"), Pace.blocking(time), Context.root());
    }

    /** The first attempt of a call. */
    protected Call attempt() {
        return call().newAttempt();
    }
}
