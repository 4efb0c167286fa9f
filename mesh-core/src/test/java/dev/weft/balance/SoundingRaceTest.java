package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SoundingRaceTest {
    private static final int MOST = 64;

    @Test
    void noMoreThanSoManyAreAskedAtOnceHoweverManyAsk() {
        Race.rounds(2_000, () -> {
            FakeTime time = new FakeTime();
            List<Node> nodes = nodes(2 * MOST, time);
            SilentProber silent = new SilentProber();
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
        cluster.endpoints(
                IntStream.range(0, count).mapToObj(MembersTest::endpoint).toList());
        return cluster.nodes();
    }
}
