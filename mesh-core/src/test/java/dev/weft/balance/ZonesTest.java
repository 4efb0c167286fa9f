package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.call.Call;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where calls from each zone go, and what that makes of each zone's load. */
class ZonesTest {
    private static final List<String> ZONES = List.of("a", "b", "c");

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);
    private final Usual usual = new Usual(time);

    private static List<Endpoint> endpoints(int... perZone) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (int zone = 0; zone < perZone.length; zone++) {
            for (int i = 0; i < perZone[zone]; i++) {
                endpoints.add(Endpoint.of("10." + zone + ".0." + i, 80).withZone(ZONES.get(zone)));
            }
        }
        return endpoints;
    }

    private Pipeline pipeline(String own, Map<String, Double> callers, String... order) {
        Zones zones = new Zones(own, callers, usual);
        return new Pipeline(0.5, new Ranking(own, List.of(order)), zones, Subset.OFF);
    }

    /** Which part of the calls from a zone goes to each. */
    private Map<String, Double> parts(Pipeline pipeline) {
        Map<String, Double> parts = new HashMap<>();
        for (Group group : pipeline.select(cluster.nodes()).used()) {
            double whole = group.shares().stream().mapToDouble(Share::weight).sum();
            group.shares()
                    .forEach(share -> parts.merge(
                            share.node().endpoint().zone(), group.part() * share.weight() / whole, Double::sum));
        }
        return parts;
    }

    /** The load of the busiest zone over its part of the endpoints that take calls, where zones have so many callers. */
    private double busiest(double... callers) {
        double all = 0;
        Map<String, Double> load = new HashMap<>();
        for (int zone = 0; zone < callers.length; zone++) {
            double some = callers[zone];
            all += some;
            parts(pipeline(ZONES.get(zone), Map.of())).forEach((to, part) -> load.merge(to, some * part, Double::sum));
        }
        Map<String, Double> able = new HashMap<>();
        List<Node> nodes = Candidates.of(cluster.nodes(), 0).nodes();
        nodes.forEach(node -> able.merge(node.endpoint().zone(), 1.0 / nodes.size(), Double::sum));
        double whole = all;
        return load.entrySet().stream()
                .mapToDouble(entry -> entry.getValue() / whole / able.getOrDefault(entry.getKey(), 0.0))
                .max()
                .orElseThrow();
    }

    private void eject(Predicate<Node> which) {
        cluster.ejections().allow(0.9);
        cluster.nodes().stream()
                .filter(which)
                .forEach(node -> cluster.ejections().eject(node, time.nanos() + 1_000_000_000, true));
    }

    @Test
    void callsStayInTheirZoneWhileItCanTakeThem() {
        cluster.endpoints(endpoints(10, 10, 10));
        assertThat(parts(pipeline("a", Map.of()))).containsOnlyKeys("a");
        assertThat(busiest(1, 1, 1)).isCloseTo(1, within(1e-9));
    }

    @Test
    void whenHalfOfTheOwnZoneIsEjectedNoZoneHasMoreThanItsCapacitysShare() {
        cluster.endpoints(endpoints(10, 10, 10));
        parts(pipeline("a", Map.of()));
        eject(node -> node.address().matches("10\\.0\\.0\\.[0-4]:80"));
        assertThat(Candidates.of(cluster.nodes(), 0).nodes()).hasSize(25);
        assertThat(parts(pipeline("a", Map.of())).get("a")).isCloseTo(0.6, within(1e-9));
        assertThat(busiest(1, 1, 1)).isCloseTo(1, within(1e-9));
    }

    @Test
    void whenHalfOfTheOwnZoneGoesFromTheListNoZoneHasMoreThanItsCapacitysShare() {
        cluster.endpoints(endpoints(10, 10, 10));
        parts(pipeline("a", Map.of()));
        cluster.endpoints(endpoints(5, 10, 10));
        assertThat(busiest(1, 1, 1)).isCloseTo(1, within(1e-9));
        time.advance(Duration.ofMinutes(9));
        cluster.endpoints(endpoints(5, 10, 9));
        assertThat(busiest(1, 1, 1)).isLessThan(1.1);
    }

    @Test
    void afterTenMinutesWhatThereIsIsUsual() {
        cluster.endpoints(endpoints(10, 10, 10));
        parts(pipeline("a", Map.of()));
        cluster.endpoints(endpoints(5, 10, 10));
        parts(pipeline("a", Map.of()));
        time.advance(Duration.ofMinutes(11));
        assertThat(parts(pipeline("a", Map.of()))).containsOnlyKeys("a");
    }

    @Test
    void whenTheWholeZoneIsLostTheOthersShareItsCalls() {
        cluster.endpoints(endpoints(10, 10, 20));
        parts(pipeline("a", Map.of()));
        cluster.endpoints(endpoints(0, 10, 20));
        assertThat(parts(pipeline("a", Map.of()))).containsOnlyKeys("b", "c");
        assertThat(busiest(10, 10, 20)).isCloseTo(1, within(1e-9));
    }

    @Test
    void whateverIsLostNoZoneHasMoreThanItsCapacitysShareWhereCallersAreAsEndpointsWere() {
        Random random = new Random(9);
        for (int round = 0; round < 300; round++) {
            int[] usually = random.ints(3, 2, 40).toArray();
            cluster.endpoints(endpoints(usually));
            parts(pipeline("a", Map.of()));
            time.advance(Duration.ofMinutes(11));
            parts(pipeline("a", Map.of()));
            int[] left = {random.nextInt(usually[0] + 1), random.nextInt(usually[1] + 1), usually[2]};
            cluster.endpoints(endpoints(left));
            assertThat(busiest(usually[0], usually[1], usually[2])).isLessThan(1.001);
        }
    }

    @Test
    void callersThatPolicyNamesCount() {
        cluster.endpoints(endpoints(10, 10, 10));
        // Half of the callers here, a third of the endpoints.
        Map<String, Double> parts = parts(pipeline("a", Map.of("a", 2.0, "b", 1.0, "c", 1.0)));
        assertThat(parts.get("a")).isCloseTo(2.0 / 3, within(1e-9));
        assertThat(parts.get("b")).isCloseTo(1.0 / 6, within(1e-9));
    }

    @Test
    void fewEndpointsPanicAndAZoneOfItsOwnLeaveItOff() {
        cluster.endpoints(endpoints(2, 2, 1));
        assertThat(parts(pipeline("a", Map.of()))).containsOnlyKeys("a", "b", "c");
        cluster.endpoints(endpoints(10, 10));
        assertThat(parts(pipeline("elsewhere", Map.of()))).containsOnlyKeys("a", "b");
        cluster.endpoints(endpoints(10, 10).stream()
                .map(endpoint -> endpoint.host().endsWith("9") ? endpoint : endpoint.withHealth(Health.UNHEALTHY))
                .toList());
        Pipeline.Selection selection = pipeline("a", Map.of()).select(cluster.nodes());
        assertThat(selection.panic()).isTrue();
        assertThat(parts(pipeline("a", Map.of()))).containsOnlyKeys("a", "b");
    }

    // Priorities.

    @Test
    void theNearestZoneTakesWhatIsLackingOnlyBelowFiveSevenths() {
        cluster.endpoints(endpoints(10, 10, 10));
        Pipeline pipeline = pipeline("a", Map.of("a", 1.0), "b");
        assertThat(parts(pipeline)).containsOnlyKeys("a");
        eject(node -> node.address().matches("10\\.0\\.0\\.[0-1]:80"));
        assertThat(parts(pipeline)).containsOnlyKeys("a");
        eject(node -> node.address().matches("10\\.0\\.0\\.[0-4]:80"));
        Map<String, Double> parts = parts(pipeline);
        assertThat(parts.get("a")).isCloseTo(0.7, within(1e-9));
        assertThat(parts.get("b")).isCloseTo(0.3, within(1e-9));
    }

    @Test
    void metadataSaysThePriority() {
        cluster.endpoints(List.of(
                Endpoint.of("10.0.0.1", 80).withMetadata(Map.of("priority", "1")),
                Endpoint.of("10.0.0.2", 80),
                Endpoint.of("10.0.0.3", 80).withMetadata(Map.of("priority", "first"))));
        List<Group> groups = Pipeline.of(0.5).select(cluster.nodes()).used();
        assertThat(groups).hasSize(1);
        assertThat(groups.get(0).shares())
                .extracting(share -> share.node().address())
                .containsExactly("10.0.0.2:80", "10.0.0.3:80");
    }

    @Test
    void whereAllPrioritiesTogetherAreTooFewTheSickOfEachHelp() {
        cluster.endpoints(endpoints(10, 10).stream()
                .map(endpoint ->
                        endpoint.withHealth(endpoint.host().matches(".*[0-2]") ? Health.HEALTHY : Health.UNHEALTHY))
                .toList());
        Pipeline.Selection selection = pipeline("a", Map.of("a", 1.0), "b").select(cluster.nodes());
        // 1.4 times 0.3 of each: 0.84 of what is needed.
        assertThat(selection.panic()).isTrue();
        assertThat(selection.used()).hasSize(2).allSatisfy(group -> {
            assertThat(group.part()).isCloseTo(0.5, within(1e-9));
            assertThat(group.shares()).hasSize(10);
        });
        cluster.endpoints(endpoints(10, 10).stream()
                .map(endpoint -> endpoint.withHealth(Health.UNHEALTHY))
                .toList());
        assertThat(parts(pipeline("a", Map.of("a", 1.0), "b"))).containsOnlyKeys("a");
    }

    // Picks.

    @ParameterizedTest
    @EnumSource
    void callsFollowThePartsAndRetriesLeaveTheZoneWhenItIsTried(BalancerKind kind) {
        cluster.endpoints(endpoints(6, 6));
        Random random = new Random(4);
        Balancer balancer = kind.balancer(new Tuning(1_000_000_000, new SlowStart(0), random));
        Pipeline pipeline = pipeline("a", Map.of("a", 3.0, "b", 1.0));
        Picker picker = GroupPicker.of(pipeline.select(cluster.nodes()).used(), balancer, random);
        int stayed = 0;
        for (int i = 0; i < 10_000; i++) {
            Node node = i % 2 == 0
                    ? picker.pick(MembersTest.attempt(time), time.nanos())
                    : picker.pick(MembersTest.attempt(time), time.nanos(), random.nextLong());
            stayed += node.endpoint().zone().equals("a") ? 1 : 0;
        }
        assertThat(stayed / 10_000.0).isCloseTo(2.0 / 3, within(0.02));
        Call call = MembersTest.call(time);
        List<Node> tried = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Call attempt = call.newAttempt();
            Node node = picker.pick(attempt, time.nanos(), 77);
            attempt.node(node);
            assertThat(tried).doesNotContain(node);
            tried.add(node);
        }
    }
}
