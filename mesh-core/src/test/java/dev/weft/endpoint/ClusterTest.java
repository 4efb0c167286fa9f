package dev.weft.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.testkit.FakeTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final int MANY = 5_000;

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);
    private final AtomicInteger told = new AtomicInteger();

    private static List<Endpoint> endpoints(int size) {
        return new ArrayList<>(IntStream.range(0, size)
                .mapToObj(i -> Endpoint.of("10.0." + i / 256 + "." + i % 256, 80))
                .toList());
    }

    @Test
    void ofManyEndpointsOneChangesAndTheOthersStayAsTheyAreWithAllTheyHaveLearnt() {
        List<Endpoint> endpoints = endpoints(MANY);
        cluster.endpoints(endpoints);
        List<Node> before = cluster.nodes();
        before.forEach(node -> node.latency().observe(7_000_000, time.nanos(), 1));
        Node changed = before.get(1_234);
        AtomicInteger closed = new AtomicInteger();
        before.forEach(node -> node.resource(this, any -> closed::incrementAndGet));
        cluster.ejections().allow(0.1);
        cluster.ejections().eject(before.get(17), time.nanos() + 1, false);

        endpoints.set(1_234, endpoints.get(1_234).withWeight(9));
        cluster.endpoints(endpoints);
        assertThat(cluster.nodes())
                .usingElementComparator((a, b) -> a == b ? 0 : 1)
                .containsExactlyElementsOf(before);
        assertThat(changed.endpoint().weight()).isEqualTo(9);

        endpoints.remove(1_234);
        cluster.endpoints(endpoints);
        assertThat(cluster.nodes()).hasSize(MANY - 1).doesNotContain(changed);
        assertThat(before).containsAll(cluster.nodes());
        assertThat(cluster.nodes()).allMatch(node -> node.latency().last() == 7_000_000);
        assertThat(before.get(17).standing().ejected()).isTrue();
        assertThat(closed).as("connections of the one that left").hasValue(1);
    }

    @Test
    void anEmptyListIsTakenThoughANodeIsEjectedAndSoIsTheEnd() {
        cluster.endpoints(endpoints(2));
        cluster.ejections().allow(0.5);
        assertThat(cluster.ejections().eject(cluster.nodes().get(0), time.nanos() + 1, false))
                .isTrue();
        cluster.onChange(told::incrementAndGet);

        cluster.endpoints(List.of());

        assertThat(cluster.nodes()).isEmpty();
        assertThat(cluster.ejections().count()).isZero();
        assertThat(told).hasPositiveValue();

        cluster.endpoints(endpoints(2));
        assertThat(cluster.ejections().eject(cluster.nodes().get(0), time.nanos() + 1, false))
                .isTrue();
        cluster.close();
        assertThat(cluster.ejections().count()).isZero();
    }

    @Test
    void theSameListToldAgainIsNoChangeInWhateverOrder() {
        List<Endpoint> endpoints = endpoints(MANY);
        cluster.onChange(told::incrementAndGet);
        cluster.endpoints(endpoints);
        assertThat(told).hasValue(1);
        List<Node> before = cluster.nodes();

        cluster.endpoints(endpoints(MANY));
        Collections.shuffle(endpoints, new Random(3));
        cluster.endpoints(endpoints);

        assertThat(told).hasValue(1);
        assertThat(cluster.nodes()).isSameAs(before);
    }

    @Test
    void theSameListAfterTroubleIsNewsThatTheTroubleIsOver() {
        cluster.endpoints(endpoints(3));
        cluster.failed("no leader");
        assertThat(cluster.trouble()).isEqualTo("no leader");
        cluster.endpoints(endpoints(3));
        assertThat(cluster.trouble()).isNull();
    }

    @Test
    void anEmptyListIsAnAnswerToo() {
        cluster.onChange(told::incrementAndGet);
        cluster.endpoints(List.of());
        assertThat(cluster.resolved()).isTrue();
        assertThat(told).hasValue(1);
    }

    @Test
    void ofTwoEndpointsWithOneAddressTheFirstCountsAgainAndAgain() {
        List<Endpoint> twice = List.of(
                Endpoint.of("10.0.0.1", 80).withWeight(2),
                Endpoint.of("10.0.0.1", 80).withWeight(5));
        cluster.onChange(told::incrementAndGet);
        for (int i = 0; i < 3; i++) {
            cluster.endpoints(twice);
            assertThat(cluster.nodes()).hasSize(1);
            assertThat(cluster.nodes().get(0).endpoint().weight()).isEqualTo(2);
        }
        assertThat(told).hasValue(1);
    }
}
