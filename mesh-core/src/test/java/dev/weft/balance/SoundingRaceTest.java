package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SoundingRaceTest {
    private static final int MOST = 64;

    @Test
    void noMoreThanSoManyAreAskedAtOnceHoweverManyAsk() {
        Race.rounds(2_000, () -> {
            FakeTime time = new FakeTime();
            List<Node> nodes = nodes(2 * MOST, time);
            Silent silent = new Silent();
            Sounding.Asker asker = new Sounding.Asker(silent, Policy.builtIn("inventory"), time);
            ask(asker, nodes.subList(0, MOST - 1));
            return Race.of(
                    () -> {
                        assertThat(silent.asked).hasValueLessThanOrEqualTo(MOST);
                        assertThat(asker.underWay()).isEqualTo(silent.asked.get());
                    },
                    () -> ask(asker, nodes.subList(MOST, MOST + 20)),
                    () -> ask(asker, nodes.subList(MOST + 20, MOST + 40)),
                    () -> ask(asker, nodes.subList(MOST + 40, MOST + 60)));
        });
    }

    private static void ask(Sounding.Asker asker, List<Node> nodes) {
        nodes.forEach(node -> Sounding.of(node).ask(asker, 1, 0, () -> {}));
    }

    private static List<Node> nodes(int count, FakeTime time) {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.range(0, count)
                .mapToObj(i -> Endpoint.of("10.0.0." + i, 80))
                .toList());
        return cluster.nodes();
    }

    /** Never answers. */
    private static final class Silent implements Prober {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public Cancellable probe(Node node, Policy policy, Listener listener) {
            throw new AssertionError("no health check");
        }

        @Override
        public Cancellable askLoad(Node node, Policy policy, long timeoutNanos, LoadListener listener) {
            asked.incrementAndGet();
            return () -> {};
        }
    }
}
