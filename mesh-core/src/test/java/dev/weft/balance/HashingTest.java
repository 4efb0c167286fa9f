package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.call.Call;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HashingTest {
    private static final int KEYS = 200_000;

    /** What is promised of each kind of table. */
    enum Kind {
        RING(RingTable::new),
        MAGLEV(MaglevTable::new);

        @SuppressWarnings("ImmutableEnumChecker")
        final Function<List<Share>, HashPicker.Table> make;

        Kind(Function<List<Share>, HashPicker.Table> make) {
            this.make = make;
        }
    }

    private final FakeTime time = new FakeTime();
    private final Random random = new Random(3);

    private List<Share> shares(int count, IntFunction<Integer> weight) {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.range(0, count)
                .mapToObj(
                        i -> Endpoint.of("10.2." + i / 256 + "." + i % 256, 80).withWeight(weight.apply(i)))
                .toList());
        return Share.of(cluster.nodes());
    }

    private static Node[] owners(List<Share> shares, Kind kind) {
        HashPicker.Table table = kind.make.apply(shares);
        return IntStream.range(0, KEYS)
                .mapToObj(i ->
                        shares.get(table.place(XxHash64.of("user-" + i, 0))).node())
                .toArray(Node[]::new);
    }

    /** How much of the whole table or ring each place has. */
    private double[] parts(HashPicker.Table table, int count) {
        int draws = 2_000_000;
        double[] parts = new double[count];
        for (int i = 0; i < draws; i++) {
            parts[table.place(random.nextLong())] += 1.0 / draws;
        }
        return parts;
    }

    @ParameterizedTest
    @CsvSource({"3", "10", "100", "1000"})
    void maglevSlotsAreEvenToWithinTwoPercent(int count) {
        int[] slots = new int[count];
        HashPicker.Table table = new MaglevTable(shares(count, i -> 1));
        IntStream.range(0, 65_537).forEach(slot -> slots[table.place(slot)]++);
        int max = Arrays.stream(slots).max().orElseThrow();
        assertThat(max / (65_537.0 / count)).isLessThanOrEqualTo(1.02);
    }

    @ParameterizedTest
    @CsvSource({"RING, 10, 1.5", "RING, 100, 2.2", "MAGLEV, 10, 1.01", "MAGLEV, 100, 1.05"})
    void keysAreSpread(Kind kind, int count, double most) {
        double[] parts = parts(kind.make.apply(shares(count, i -> 1)), count);
        assertThat(Arrays.stream(parts).max().orElseThrow() * count).isLessThan(most);
    }

    @ParameterizedTest
    @CsvSource({"RING, 0.35", "MAGLEV, 0.02"})
    void keysFollowWeights(Kind kind, double tolerance) {
        int[] weights = {1, 2, 3, 4, 10, 10};
        double[] parts = parts(kind.make.apply(shares(6, i -> weights[i])), 6);
        for (int i = 0; i < 6; i++) {
            assertThat(parts[i])
                    .as("weight %d", weights[i])
                    .isCloseTo(weights[i] / 30.0, within(tolerance * weights[i] / 30));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "RING, 3",
        "RING, 10",
        "RING, 32",
        "RING, 100",
        "RING, 1000",
        "MAGLEV, 3",
        "MAGLEV, 10",
        "MAGLEV, 100",
        "MAGLEV, 1000"
    })
    void whenANodeGoesFewKeysMoveButItsOwn(Kind kind, int count) {
        List<Share> all = shares(count, i -> 1);
        Node[] before = owners(all, kind);
        Share gone = all.get(count / 2);
        List<Share> left = all.stream().filter(share -> !share.equals(gone)).toList();
        Node[] after = owners(left, kind);
        long extra = IntStream.range(0, KEYS)
                .filter(i -> before[i] != gone.node() && before[i] != after[i])
                .count();
        assertThat(extra / (double) KEYS).isLessThanOrEqualTo(0.01);
    }

    @ParameterizedTest
    @EnumSource
    void theOrderOfTheListMakesNoDifference(Kind kind) {
        List<Share> all = shares(50, i -> 1 + i % 3);
        List<Share> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        assertThat(owners(shuffled, kind)).isEqualTo(owners(all, kind));
    }

    @ParameterizedTest
    @EnumSource
    void aNodeThatMovesKeepsItsKeysByItsHashKey(Kind kind) {
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(named("10.3.0."));
        List<Share> before = Share.of(cluster.nodes());
        cluster.endpoints(named("10.4.0."));
        List<Share> after = Share.of(cluster.nodes());
        HashPicker.Table old = kind.make.apply(before);
        HashPicker.Table fresh = kind.make.apply(after);
        for (int i = 0; i < 1_000; i++) {
            long hash = random.nextLong();
            assertThat(old.place(hash)).isEqualTo(fresh.place(hash));
        }
    }

    private static List<Endpoint> named(String net) {
        return IntStream.range(0, 10)
                .mapToObj(i -> Endpoint.of(net + i, 80).withMetadata(Map.of("hash_key", "pod-" + i)))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void hugeDifferencesOfWeightAndManyNodesAreTakenInShortTime(Kind kind) {
        List<Share> all = shares(10_000, i -> i == 0 ? 65_535 : 1);
        double[] parts = parts(kind.make.apply(all), 10_000);
        // 0.868, if a ring had points enough.
        assertThat(parts[0]).isBetween(0.7, 0.9);
    }

    // The picker.

    private static HashPicker picker(List<Share> shares, @Nullable LongAdder underWay) {
        return new HashPicker(
                shares,
                MaglevTable::new,
                new Tuning(1, new SlowStart(0), new Random(1), underWay == null ? 0 : 1.25, underWay));
    }

    @Test
    void callsOfAKeyGoToOneNodeAndTheirRetriesToOthersInAnOrderOfTheKeysOwn() {
        List<Share> all = shares(10, i -> 1);
        HashPicker picker = picker(all, null);
        for (int key = 0; key < 100; key++) {
            long hash = XxHash64.of("user-" + key, 0);
            List<List<Node>> ways = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                Call call = MembersTest.call(time);
                List<Node> way = new ArrayList<>();
                for (int attempt = 0; attempt < 10; attempt++) {
                    Call next = call.newAttempt();
                    Node node = picker.pick(next, time.nanos(), hash);
                    next.node(node);
                    way.add(node);
                }
                assertThat(new HashSet<>(way)).hasSize(10);
                ways.add(way);
            }
            assertThat(ways.get(1)).isEqualTo(ways.get(0)).isEqualTo(ways.get(2));
        }
    }

    @Test
    void theKeysOfAnAvoidedNodeAreSpreadOverTheOthers() {
        List<Share> all = shares(10, i -> 1);
        HashPicker picker = picker(all, null);
        Node resting = all.get(0).node();
        Set<Node> instead = new HashSet<>();
        for (int key = 0; key < 1_000; key++) {
            long hash = random.nextLong();
            time.advance(Duration.ofNanos(1_000));
            Node own = picker.pick(MembersTest.attempt(time), time.nanos(), hash);
            resting.avoidUntil(time.nanos() + 1_000);
            Node now = picker.pick(MembersTest.attempt(time), time.nanos(), hash);
            if (own == resting) {
                instead.add(now);
            } else {
                assertThat(now).isSameAs(own);
            }
        }
        assertThat(instead).hasSizeGreaterThan(6).doesNotContain(resting);
    }

    @Test
    void noNodeHasMoreThanItsBoundUnderWayHoweverHotAKeyIs() {
        List<Share> all = shares(10, i -> 1 + i % 2);
        LongAdder underWay = new LongAdder();
        HashPicker picker = picker(all, underWay);
        long hot = XxHash64.of("everybody", 0);
        for (int i = 1; i <= 3_000; i++) {
            Node node = picker.pick(MembersTest.attempt(time), time.nanos(), i % 10 == 0 ? random.nextLong() : hot);
            node.attemptStarted();
            underWay.increment();
            for (Share share : all) {
                double bound = Math.ceil(1.25 * i * share.weight() / 15);
                assertThat(share.node().inFlight()).isLessThanOrEqualTo((int) bound);
            }
        }
    }

    @Test
    void withoutAKeyCallsGoAnywhere() {
        List<Share> all = shares(10, i -> 1);
        HashPicker picker = picker(all, null);
        Set<Node> picked = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            picked.add(picker.pick(MembersTest.attempt(time), time.nanos()));
        }
        assertThat(picked).hasSize(10);
    }
}
