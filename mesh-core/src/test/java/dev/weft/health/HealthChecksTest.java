package dev.weft.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Roster;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HealthChecksTest {
    private static final String A = "10.0.0.1:80";
    private static final String B = "10.0.0.2:80";
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /** No two checks of a node are further apart. */
    private static final Duration ROUND = Duration.ofSeconds(12);

    private final FakeTime time = new FakeTime();
    private final Cluster cluster = new Cluster("inventory", time);
    private final ScriptedProber prober = new ScriptedProber();
    private final HealthChecks checks = new HealthChecks(cluster, time, new Random(5));
    private final Policy policy = Policy.builtIn("inventory");

    private static Plan plan(HealthCheck kind) {
        return new Plan(
                kind, "/health", "", INTERVAL.toNanos(), Duration.ofSeconds(1).toNanos(), 3, 2);
    }

    private void begin(HealthCheck kind, String... addresses) {
        serve(addresses);
        checks.follow(plan(kind), policy, prober);
    }

    private void serve(String... addresses) {
        cluster.endpoints(List.of(addresses).stream().map(Endpoint::parse).toList());
    }

    private Node node(String address) {
        return cluster.nodes().stream()
                .filter(node -> node.address().equals(address))
                .findFirst()
                .orElseThrow();
    }

    private Health health(String address) {
        return node(address).health();
    }

    /** Until that node has been asked once more. */
    private void round(String address) {
        long before = prober.asked(address);
        while (prober.asked(address) == before) {
            time.step();
        }
    }

    @Test
    void threeFailuresInARowMakeANodeUnhealthyAndTwoSuccessesHealthy() {
        prober.answers.put(A, ScriptedProber.WELL);
        begin(HealthCheck.HTTP, A);
        round(A);
        prober.answers.put(A, "it answered 503");
        round(A);
        round(A);
        assertThat(health(A)).isEqualTo(Health.HEALTHY);
        round(A);
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);
        assertThat(checks.failing()).isEqualTo(1);
        assertThat(Roster.of(cluster.nodes()).able()).isEmpty();

        prober.answers.put(A, ScriptedProber.WELL);
        round(A);
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);
        round(A);
        assertThat(health(A)).isEqualTo(Health.HEALTHY);
        assertThat(checks.good()).isEqualTo(3);
        assertThat(checks.bad()).isEqualTo(3);
    }

    @Test
    void aSuccessBetweenForgetsTheFailures() {
        begin(HealthCheck.HTTP, A);
        for (String answer : List.of(ScriptedProber.WELL, "bad", "bad", ScriptedProber.WELL, "bad", "bad")) {
            prober.answers.put(A, answer);
            round(A);
        }
        assertThat(health(A)).isEqualTo(Health.HEALTHY);
    }

    @Test
    void theFirstSuccessOfAllMakesANodeHealthyAtOnce() {
        prober.answers.put(A, "it starts");
        begin(HealthCheck.HTTP, A);
        round(A);
        round(A);
        round(A);
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);

        prober.answers.put(A, ScriptedProber.WELL);
        round(A);
        assertThat(health(A)).isEqualTo(Health.HEALTHY);
    }

    @Test
    void noAnswerInTimeIsAFailureAndTheCheckIsCutOff() {
        begin(HealthCheck.TCP, A);
        for (int i = 0; i < 3; i++) {
            round(A);
            time.advance(Duration.ofSeconds(1));
            assertThat(prober.cancelled).containsExactly(A);
            prober.cancelled.clear();
        }
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);
    }

    @Test
    void whatComesTooLateIsNotListenedTo() {
        begin(HealthCheck.TCP, A);
        round(A);
        var listener = Objects.requireNonNull(prober.waiting.get(A));
        time.advance(Duration.ofSeconds(1));
        for (int i = 0; i < 5; i++) {
            listener.ended("late");
            listener.told("late");
        }
        assertThat(health(A)).isEqualTo(Health.HEALTHY);
        assertThat(checks.bad()).isEqualTo(1);
    }

    @Test
    void aProberThatThrowsIsAFailure() {
        prober.thrown = new IllegalStateException("no such thing");
        begin(HealthCheck.HTTP, A);
        round(A);
        round(A);
        round(A);
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);
    }

    @Test
    void checksOnlyMakeWorseWhatDiscoverySays() {
        prober.answers.put(A, ScriptedProber.WELL);
        prober.answers.put(B, "bad");
        cluster.endpoints(List.of(
                Endpoint.parse(A).withHealth(Health.UNHEALTHY),
                Endpoint.parse(B).withHealth(Health.DRAINING)));
        checks.follow(plan(HealthCheck.HTTP), policy, prober);
        time.advance(ROUND.multipliedBy(5));
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);
        assertThat(health(B)).isEqualTo(Health.DRAINING);
    }

    @Test
    void aNodeThatRealTrafficShowsToBeWellIsNotChecked() {
        prober.answers.put(A, ScriptedProber.WELL);
        begin(HealthCheck.HTTP, A);
        for (int i = 0; i < 100; i++) {
            node(A).answered(time.nanos());
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(prober.asked).isEmpty();
        time.advance(ROUND.plus(ROUND));
        assertThat(prober.asked).isNotEmpty();
    }

    @Test
    void aNodeThatFailsIsCheckedWhateverTrafficItGets() {
        prober.answers.put(A, "bad");
        begin(HealthCheck.HTTP, A);
        round(A);
        round(A);
        round(A);
        node(A).answered(time.nanos());
        prober.answers.put(A, ScriptedProber.WELL);
        long asked = prober.asked(A);
        time.advance(ROUND);
        assertThat(prober.asked(A)).isGreaterThan(asked);
        assertThat(health(A)).isEqualTo(Health.HEALTHY);
    }

    @Test
    void checksAreAnIntervalApartGiveOrTakeAFifth() {
        prober.answers.put(A, ScriptedProber.WELL);
        begin(HealthCheck.HTTP, A);
        round(A);
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long last = time.nanos();
            round(A);
            pauses.add(Duration.ofNanos(time.nanos() - last).toMillis());
        }
        assertThat(pauses).allMatch(pause -> pause >= 8_000 && pause <= 12_000);
        assertThat(pauses).anyMatch(pause -> pause < 8_500).anyMatch(pause -> pause > 11_500);
    }

    @Test
    void manyNewNodesAreAskedOverTheIntervalAndFewAtOnce() {
        String[] many = IntStream.range(0, 1_000)
                .mapToObj(i -> "10.1." + i / 250 + "." + i % 250 + ":80")
                .toArray(String[]::new);
        for (String address : many) {
            prober.answers.put(address, ScriptedProber.WELL);
        }
        begin(HealthCheck.HTTP, many);
        time.advance(Duration.ofSeconds(1));
        assertThat(prober.asked).hasSizeBetween(50, 200);
        time.advance(Duration.ofSeconds(9));
        assertThat(new HashSet<>(prober.asked)).hasSize(1_000);
        for (int i = 0; i < 20; i++) {
            int before = prober.asked.size();
            time.advance(Duration.ofSeconds(1));
            assertThat(prober.asked.size() - before).isLessThan(200);
        }
    }

    @Test
    void noMoreThanSoManyChecksAreUnderWay() {
        String[] many = IntStream.range(0, 1_000)
                .mapToObj(i -> "10.1." + i / 250 + "." + i % 250 + ":80")
                .toArray(String[]::new);
        begin(HealthCheck.TCP, many);
        int most = 0;
        for (int i = 0; i < 6_000; i++) {
            time.advance(Duration.ofMillis(20));
            most = Math.max(most, prober.waiting.size());
        }
        assertThat(most).isEqualTo(64);
        assertThat(cluster.nodes()).allMatch(Node::failsChecks);
    }

    @Test
    void whoLeavesIsCheckedNoLongerAndWhoComesIs() {
        begin(HealthCheck.TCP, A);
        round(A);
        Node left = node(A);
        serve(B);
        assertThat(prober.cancelled).containsExactly(A);
        long asked = prober.asked(A);
        prober.answers.put(B, ScriptedProber.WELL);
        time.advance(ROUND.multipliedBy(3));
        assertThat(prober.asked(A)).isEqualTo(asked);
        assertThat(prober.asked(B)).isPositive();
        assertThat(left.failsChecks()).isFalse();
    }

    @Test
    void aCheckKeepsTheConnectionsOfANodeThatLeavesOpenUntilItIsOver() {
        List<String> closed = new ArrayList<>();
        serve(A);
        node(A).resource("transport", node -> () -> closed.add(node.address()));
        checks.follow(plan(HealthCheck.TCP), policy, prober);
        round(A);
        node(A).checkStarted();
        Node left = node(A);
        serve(B);
        assertThat(closed).isEmpty();
        left.checkEnded();
        assertThat(closed).containsExactly(A);
    }

    @Test
    void aSpareNodeIsNotAskedAndAWatchOfItEnds() {
        begin(HealthCheck.GRPC, A);
        round(A);
        Objects.requireNonNull(prober.waiting.get(A)).told(null);
        node(A).spare(true);
        time.advance(ROUND);
        assertThat(prober.cancelled).containsExactly(A);
        time.advance(ROUND.multipliedBy(5));
        assertThat(prober.asked(A)).isEqualTo(1);

        node(A).spare(false);
        time.advance(ROUND);
        assertThat(prober.asked(A)).isGreaterThan(1);
    }

    @Test
    void whenPolicySaysNoMoreWhatChecksHaveSaidIsForgotten() {
        prober.answers.put(A, "bad");
        begin(HealthCheck.HTTP, A, B);
        while (!node(A).failsChecks()) {
            time.step();
        }
        round(B);
        List<String> news = new ArrayList<>();
        cluster.onChange(() -> news.add(health(A).name()));

        checks.stop();

        assertThat(news).containsExactly("HEALTHY");
        assertThat(prober.cancelled).contains(B);
        int asked = prober.asked.size();
        time.advance(ROUND.multipliedBy(5));
        assertThat(prober.asked).hasSize(asked);
        checks.stop();
        assertThat(news).hasSize(1);
    }

    @Test
    void anotherPlanBeginsAnewAndTheSameOneDoesNot() {
        prober.answers.put(A, "bad");
        begin(HealthCheck.HTTP, A);
        round(A);
        round(A);
        checks.follow(plan(HealthCheck.HTTP), policy, prober);
        checks.follow(plan(HealthCheck.HTTP), policy, null);
        round(A);
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);

        ScriptedProber other = new ScriptedProber();
        checks.follow(plan(HealthCheck.TCP), policy, null);
        assertThat(health(A)).isEqualTo(Health.HEALTHY);
        int asked = prober.asked.size();
        time.advance(ROUND.multipliedBy(2));
        checks.follow(plan(HealthCheck.TCP), policy, other);
        time.advance(ROUND.multipliedBy(2));
        assertThat(prober.asked).hasSize(asked);
        assertThat(other.asked).isNotEmpty();
    }

    @Test
    void afterTheEndNothingIsCheckedAnyMore() {
        begin(HealthCheck.HTTP, A);
        checks.close();
        checks.follow(plan(HealthCheck.HTTP), policy, prober);
        serve(A, B);
        time.advance(ROUND.multipliedBy(3));
        assertThat(prober.asked).isEmpty();
    }

    @Test
    void theServersOwnWordCountsAtOnceAndStands() {
        begin(HealthCheck.GRPC, A);
        round(A);
        var listener = Objects.requireNonNull(prober.waiting.get(A));
        listener.told(null);
        time.advance(ROUND.multipliedBy(10));
        assertThat(prober.asked(A)).isEqualTo(1);
        listener.told("it says NOT_SERVING");
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);
        node(A).answered(time.nanos());
        listener.told(null);
        assertThat(health(A)).isEqualTo(Health.HEALTHY);
    }

    @Test
    void aWatchThatEndsIsBegunAgainSoonAndThenLaterAndLater() {
        begin(HealthCheck.GRPC, A);
        round(A);
        Objects.requireNonNull(prober.waiting.get(A)).told(null);
        time.advance(Duration.ofMinutes(1));
        Objects.requireNonNull(prober.waiting.remove(A)).ended("the connection was lost");
        prober.answers.put(A, "refused");
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            long last = time.nanos();
            round(A);
            pauses.add(Duration.ofNanos(time.nanos() - last).toMillis());
        }
        assertThat(pauses.get(0)).isLessThan(200);
        assertThat(pauses.get(1)).isBetween(3_000L, 5_000L);
        assertThat(pauses.get(2)).isBetween(6_000L, 10_000L);
        assertThat(pauses.subList(3, 7)).allMatch(pause -> pause >= 8_000 && pause <= 12_000);
        assertThat(health(A)).isEqualTo(Health.UNHEALTHY);
    }

    /** A server that says a word and hangs up at once is not asked ten times a second for ever. */
    @Test
    void aWatchThatEndsAsSoonAsItHasBegunIsNotBegunAgainSoon() {
        begin(HealthCheck.GRPC, A);
        for (int i = 0; i < 5; i++) {
            round(A);
            Objects.requireNonNull(prober.waiting.get(A)).told(null);
            Objects.requireNonNull(prober.waiting.remove(A)).ended("it hung up");
        }
        long before = prober.asked(A);
        time.advance(Duration.ofSeconds(1));
        assertThat(prober.asked(A)).isEqualTo(before);
    }
}
