package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What subsets do to all clients and servers together. */
class SubsetTest {
    private final Random random = new Random(11);

    private static List<Share> servers(int count, IntFunction<Integer> weight) {
        Cluster cluster = new Cluster("inventory", new FakeTime());
        cluster.endpoints(IntStream.range(0, count)
                .mapToObj(i ->
                        Endpoint.of("10.1." + i / 256 + "." + i % 256, 8080).withWeight(weight.apply(i)))
                .toList());
        return Share.of(cluster.nodes());
    }

    /** The largest load of a server for its weight over the mean, and connections over those of a full mesh. */
    private record Spread(double peak, double least, double connections) {
        static Spread of(List<Share> servers, List<Subset> clients) {
            Map<Node, Double> load = new HashMap<>();
            long connections = 0;
            for (Subset client : clients) {
                List<Share> used = client.of(servers, 1);
                double whole = used.stream().mapToDouble(Share::weight).sum();
                used.forEach(share -> load.merge(share.node(), share.weight() / whole, Double::sum));
                connections += used.size();
            }
            double weights = servers.stream().mapToDouble(Share::weight).sum();
            double[] relative = servers.stream()
                    .mapToDouble(server ->
                            load.getOrDefault(server.node(), 0.0) / (clients.size() * server.weight() / weights))
                    .toArray();
            return new Spread(
                    Arrays.stream(relative).max().orElseThrow(),
                    Arrays.stream(relative).min().orElseThrow(),
                    connections / ((double) servers.size() * clients.size()));
        }
    }

    private static List<Subset> apertures(int clients, int size) {
        return IntStream.range(0, clients)
                .<Subset>mapToObj(i -> new Aperture(size, new Peer(i, clients)))
                .toList();
    }

    private List<Subset> rendezvous(int clients, int size) {
        return IntStream.range(0, clients)
                .<Subset>mapToObj(i -> new Rendezvous(size, random.nextLong()))
                .toList();
    }

    @Test
    void aThousandClientsThatKnowTheirPlaceLoadAThousandServersEvenlyWithATenthOfTheConnections() {
        Spread spread = Spread.of(servers(1_000, i -> 1), apertures(1_000, 100));
        assertThat(spread.connections).isLessThanOrEqualTo(0.1);
        assertThat(spread.peak).isCloseTo(1, within(0.001));
    }

    @ParameterizedTest
    @CsvSource({"997, 1000, 100", "1000, 37, 50", "40, 7, 12", "13, 500, 12", "100, 3, 12"})
    void clientsThatKnowTheirPlaceLoadServersEvenlyWhateverTheNumbers(int servers, int clients, int size) {
        Spread spread = Spread.of(servers(servers, i -> 1), apertures(clients, size));
        assertThat(spread.peak).isCloseTo(1, within(0.001));
        assertThat(spread.least).isCloseTo(1, within(0.001));
        // A window a whole number of distances long, and a node at either edge.
        double most = (double) size / servers + 1.0 / clients + 2.0 / servers;
        assertThat(spread.connections).isLessThanOrEqualTo(Math.min(1, most));
    }

    @Test
    void clientsThatKnowTheirPlaceGiveEachServerLoadByItsWeight() {
        Spread spread = Spread.of(servers(300, i -> 1 + i % 5), apertures(170, 30));
        assertThat(spread.peak).isCloseTo(1, within(0.001));
        assertThat(spread.least).isCloseTo(1, within(0.001));
    }

    @Test
    void chanceAloneLoadsTheBusiestOfAThousandServersByAThirdMore() {
        Spread spread = Spread.of(servers(1_000, i -> 1), rendezvous(1_000, 100));
        assertThat(spread.connections).isCloseTo(0.1, within(1e-9));
        assertThat(spread.peak).isBetween(1.2, 1.45);
    }

    @Test
    void byChanceOneComesOrGoesForEachOneThatGoesOrComes() {
        List<Share> all = servers(200, i -> 1);
        Subset subset = new Rendezvous(20, 5);
        assertChurn(all, subset, 1);
    }

    @Test
    void byPlaceAtMostTwoComeOrGoForEachOneThatGoesOrComes() {
        List<Share> all = servers(200, i -> 1);
        for (int i = 0; i < 10; i++) {
            assertChurn(all, new Aperture(20, new Peer(i, 10)), 2);
        }
    }

    private void assertChurn(List<Share> all, Subset subset, int most) {
        List<Share> present = new ArrayList<>(all.subList(0, 150));
        List<Share> absent = new ArrayList<>(all.subList(150, 200));
        Set<Node> before = used(subset, present);
        for (int change = 0; change < 500; change++) {
            boolean goes = (present.size() > 100 && random.nextBoolean()) || absent.isEmpty();
            List<Share> from = goes ? present : absent;
            Share moved = from.remove(random.nextInt(from.size()));
            (goes ? absent : present).add(random.nextInt(1 + (goes ? absent : present).size()), moved);
            Set<Node> after = used(subset, present);
            assertThat(after.stream().filter(node -> !before.contains(node)).count())
                    .as("come")
                    .isLessThanOrEqualTo(most);
            assertThat(before.stream().filter(node -> !after.contains(node)).count())
                    .as("gone")
                    .isLessThanOrEqualTo(most);
            before.clear();
            before.addAll(after);
        }
    }

    private static Set<Node> used(Subset subset, List<Share> shares) {
        return subset.of(shares, 1).stream().map(Share::node).collect(Collectors.toCollection(HashSet::new));
    }

    @ParameterizedTest
    @CsvSource({"1, 3", "2, 3", "3, 3"})
    void fewerNodesThanTheSubsetAreAllUsed(int servers, int size) {
        List<Share> all = servers(servers, i -> 1);
        assertThat(new Rendezvous(size, 1).of(all, 1)).isEqualTo(all);
        assertThat(new Aperture(size, new Peer(3, 9)).of(all, 1)).isEqualTo(all);
    }

    @Test
    void aPartOfTheCallsGetsItsPartOfTheSubset() {
        List<Share> all = servers(100, i -> 1);
        assertThat(new Rendezvous(20, 1).of(all, 0.5)).hasSize(10);
        assertThat(new Rendezvous(20, 1).of(all, 0.001)).hasSize(1);
    }
}
