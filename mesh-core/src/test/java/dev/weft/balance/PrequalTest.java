package dev.weft.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.call.Call;
import dev.weft.call.Cancellable;
import dev.weft.call.Failure;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.StillWire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrequalTest {
    private static final long MILLI = 1_000_000;

    private final FakeTime time = new FakeTime();
    private final Random random = new Random(5);
    private final Cluster cluster = new Cluster("inventory", time);
    private final Asked asked = new Asked();
    private final Sounding.Asker asker = new Sounding.Asker(asked, Policy.builtIn("inventory"), time);
    private final Balancer balancer =
            new Prequal(new Tuning(10_000 * MILLI, new SlowStart(0), random, 0, null, ReportedWeights.BUILT_IN, asker));

    /** Answers at once what a test says, or, of nodes of which it says nothing, never. */
    private static final class Asked implements LoadProber {
        final Map<Node, Function<Node, @Nullable LoadSignal>> answers = new HashMap<>();
        final List<Node> nodes = new ArrayList<>();
        final List<Policy> policies = new ArrayList<>();
        int cancelled;

        @Override
        public Cancellable askLoad(Node node, Policy policy, long timeoutNanos, LoadListener listener) {
            nodes.add(node);
            policies.add(policy);
            Function<Node, @Nullable LoadSignal> answer = answers.get(node);
            if (answer != null) {
                listener.answered(answer.apply(node));
            }
            return () -> cancelled++;
        }
    }

    private List<Node> nodes(int count) {
        cluster.endpoints(IntStream.range(0, count)
                .mapToObj(i -> Endpoint.of("10.0." + i / 256 + "." + i % 256, 80))
                .toList());
        return cluster.nodes();
    }

    private Picker picker(List<Node> nodes) {
        return balancer.picker(Share.of(nodes));
    }

    private Node pick(Picker picker) {
        return picker.pick(MembersTest.attempt(time), time.nanos());
    }

    private void says(Node node, int inFlight, long latencyNanos) {
        ends(node, Verdict.OK, new LoadSignal(inFlight, latencyNanos));
    }

    /** An attempt at the node has ended so. */
    private void ends(Node node, Verdict verdict, @Nullable LoadSignal said) {
        Call attempt = MembersTest.attempt(time);
        attempt.node(node);
        attempt.answered(
                verdict,
                200,
                verdict == Verdict.OK ? new Success<>("fine") : new Failure<>(new IOException("bad")),
                time.nanos());
        attempt.end(null);
        node.faltered(verdict.repels(), time.nanos());
        balancer.ended(attempt, node, new StillWire() {
            @Override
            public @Nullable LoadSignal loadSignal(Call of) {
                return said;
            }
        });
    }

    @Test
    void theQuickestOfTheColdGetsTheCall() {
        List<Node> nodes = nodes(5);
        Picker picker = picker(nodes);
        says(nodes.get(0), 3, 20 * MILLI);
        says(nodes.get(1), 2, 15 * MILLI);
        says(nodes.get(2), 9, 1 * MILLI);
        says(nodes.get(3), 0, 40 * MILLI);
        says(nodes.get(4), 1, 30 * MILLI);
        assertThat(pick(picker)).as("the third is hot").isSameAs(nodes.get(1));
    }

    /** The rule, worked out the long way. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 10, 16})
    void whateverIsSaidTheRuleIsKept(int count) {
        List<Node> nodes = nodes(count);
        for (int round = 0; round < 300; round++) {
            time.advance(Duration.ofMillis(100));
            int[] inFlight = random.ints(count, 0, 1 + random.nextInt(12)).toArray();
            long[] latency = random.longs(count, 1, 50).toArray();
            for (int i = 0; i < count; i++) {
                says(nodes.get(i), inFlight[i], latency[i] * MILLI);
            }
            int[] sorted = Arrays.stream(inFlight).sorted().toArray();
            int limit = sorted[(int) (Math.pow(2, -0.25) * (count - 1))];
            int picked = nodes.indexOf(pick(picker(nodes)));
            long least = IntStream.range(0, count)
                    .filter(i -> inFlight[i] <= limit)
                    .mapToLong(i -> latency[i])
                    .min()
                    .orElseThrow();
            assertThat(inFlight[picked]).isLessThanOrEqualTo(limit);
            assertThat(latency[picked]).isEqualTo(least);
        }
    }

    @Test
    void whatWasSaidMoreThanASecondAgoCountsNoMore() {
        List<Node> nodes = nodes(3);
        Picker picker = picker(nodes);
        nodes.forEach(node -> says(node, 0, node == nodes.get(0) ? MILLI : 50 * MILLI));
        assertThat(pick(picker)).isSameAs(nodes.get(0));
        time.advance(Duration.ofMillis(1_001));
        Set<Node> picked = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            picked.add(pick(picker));
        }
        assertThat(picked).hasSize(3);
    }

    @Test
    void callsSentSinceCountAsUnderWay() {
        List<Node> nodes = nodes(4);
        Picker picker = picker(nodes);
        nodes.forEach(node -> says(node, 0, (1 + nodes.indexOf(node)) * MILLI));
        List<Node> picked = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            picked.add(pick(picker));
        }
        // Of four one is hot: the quickest, once it has more than the next.
        assertThat(picked.subList(0, 4)).containsExactly(nodes.get(0), nodes.get(1), nodes.get(0), nodes.get(1));
    }

    @ParameterizedTest
    @CsvSource({"FAILED", "THROTTLED"})
    void whoFailsAtOnceDrawsNoTraffic(String how) {
        Verdict verdict = how.equals("FAILED") ? Verdict.SERVER_ERROR : Verdict.THROTTLED;
        List<Node> nodes = nodes(5);
        Node bad = nodes.get(2);
        asked.answers.put(bad, node -> new LoadSignal(0, 1));
        Picker picker = picker(nodes);
        int calls = 0;
        for (int i = 0; i < 2_000; i++) {
            time.advance(Duration.ofMillis(5));
            Node node = pick(picker);
            calls += node == bad ? 1 : 0;
            if (node == bad) {
                ends(node, verdict, null);
            } else {
                ends(node, Verdict.OK, new LoadSignal(1, 20 * MILLI));
            }
        }
        // Ten seconds: one a second.
        assertThat(calls).isBetween(2, 20);
    }

    @Test
    void aServerThatLiesGetsNoMoreThanItBears() {
        List<Node> nodes = nodes(10);
        Node liar = nodes.get(0);
        asked.answers.put(liar, node -> new LoadSignal(0, 0));
        Picker picker = picker(nodes);
        int most = 0;
        for (int i = 0; i < 5_000; i++) {
            time.advance(Duration.ofMillis(2));
            Node node = pick(picker);
            if (node == liar) {
                // It never answers a call.
                node.attemptStarted();
                most = Math.max(most, node.inFlight());
            } else {
                says(node, 2, 20 * MILLI);
            }
        }
        assertThat(most).isLessThanOrEqualTo(4);
    }

    @Test
    void questionsThatAreNeverAnsweredAreFewAndShort() {
        List<Node> nodes = nodes(1_000);
        Picker picker = picker(nodes);
        for (int i = 0; i < 10_000; i++) {
            assertThat(nodes).contains(pick(picker));
        }
        assertThat(asker.underWay()).isEqualTo(64);
        assertThat(asked.nodes).hasSize(64).doesNotHaveDuplicates();
        cluster.endpoints(List.of());
        time.advance(Duration.ofSeconds(1));
        assertThat(asked.cancelled).isEqualTo(64);
        assertThat(asker.underWay()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void whoDoesNotKnowTheQuestionIsNotAskedAgainForHalfAMinuteAndOwnSightStandsIn() {
        List<Node> nodes = nodes(3);
        nodes.forEach(node -> asked.answers.put(node, n -> null));
        nodes.forEach(node -> node.latency().observe((1 + nodes.indexOf(node)) * 10L * MILLI, time.nanos(), 1));
        Picker picker = picker(nodes);
        for (int i = 0; i < 100; i++) {
            time.advance(Duration.ofMillis(200));
            pick(picker);
        }
        assertThat(asked.nodes).containsExactlyInAnyOrderElementsOf(nodes);
        nodes.forEach(node -> node.latency().observe((1 + nodes.indexOf(node)) * 10L * MILLI, time.nanos(), 1));
        assertThat(pick(picker)).isSameAs(nodes.get(0));
        time.advance(Duration.ofSeconds(30));
        for (int i = 0; i < 50; i++) {
            pick(picker);
        }
        assertThat(asked.nodes).hasSize(6);
    }

    @Test
    void whoSpeaksWithItsAnswersIsNotAsked() {
        List<Node> nodes = nodes(3);
        Picker picker = picker(nodes);
        for (int i = 0; i < 1_000; i++) {
            time.advance(Duration.ofMillis(10));
            nodes.forEach(node -> says(node, 1, MILLI));
            pick(picker);
        }
        assertThat(asked.nodes).isEmpty();
    }

    @Test
    void questionsAreAskedByTheNewestPolicy() {
        List<Node> nodes = nodes(2);
        Picker picker = picker(nodes);
        Policy newest = Policy.builtIn("inventory");
        asker.follow(null, newest);
        for (int i = 0; i < 10; i++) {
            pick(picker);
        }
        assertThat(asked.policies)
                .isNotEmpty()
                .allSatisfy(policy -> assertThat(policy).isSameAs(newest));
    }

    @Test
    void aProberThatThrowsHarmsNobody() {
        List<Node> nodes = nodes(3);
        nodes.forEach(node -> asked.answers.put(node, n -> {
            throw new IllegalStateException("a bug in a transport");
        }));
        Picker picker = picker(nodes);
        for (int i = 0; i < 100; i++) {
            assertThat(nodes).contains(pick(picker));
        }
        assertThat(asker.underWay()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"16, Infinity", "24, Infinity", "100, 1.316", "1000, 1.025", "30, 5.0"})
    void wordsAreUsedMoreOftenTheFewerComeIn(int count, double uses) {
        assertThat(Soundings.reuse(count)).isCloseTo(uses, within(0.001));
    }

    @Test
    void ofManyNodesTheSlowAreLeftAloneAndTheOthersShare() {
        List<Node> nodes = nodes(200);
        Map<Node, Integer> counts = new HashMap<>();
        nodes.forEach(node -> asked.answers.put(
                node,
                n -> new LoadSignal(
                        random.nextInt(3), (nodes.indexOf(n) % 10 == 0 ? 500 : 20 + random.nextInt(5)) * MILLI)));
        Picker picker = picker(nodes);
        for (int i = 0; i < 20_000; i++) {
            time.advance(Duration.ofMillis(2));
            counts.merge(pick(picker), 1, Integer::sum);
        }
        int slow = IntStream.range(0, 20)
                .map(i -> counts.getOrDefault(nodes.get(10 * i), 0))
                .sum();
        assertThat(slow).isLessThan(200);
        assertThat(counts.values().stream().mapToInt(i -> i).max().orElseThrow())
                .isLessThan(400);
    }
}
