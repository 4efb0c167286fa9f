package dev.weft.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.policy.Mode;
import dev.weft.policy.Origin;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Built-in policy: half of at least 20 calls in 30 s, open for about 5 s, 5 probes. */
class BreakerTest {
    private final FakeTime time = new FakeTime();
    private final Policy observing = Policy.builtIn("inventory");
    private final Policy enforcing = observing.with(BreakerLayer.MODE, Mode.ENFORCE, Origin.BUILT_IN);
    private final Breaker breaker = BreakerLayer.breaker("inventory", enforcing, time);

    private static void succeed(Breaker breaker, FakeTime time, int calls) {
        for (int i = 0; i < calls; i++) {
            breaker.succeeded(time.nanos());
        }
    }

    private static void fail(Breaker breaker, FakeTime time, int calls) {
        for (int i = 0; i < calls; i++) {
            breaker.failed(time.nanos());
        }
    }

    @Test
    void opensWhenItsShareOfEnoughCallsFailed() {
        succeed(breaker, time, 10);
        fail(breaker, time, 9);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, time, 1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.counting()).isFalse();
        assertThat(breaker.tryProbe(time.nanos())).isNull();
    }

    @Test
    void tooFewCallsNeverOpenIt() {
        fail(breaker, time, 19);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        assertThat(breaker.failureRatio(time.nanos())).isEqualTo(1);
    }

    @Test
    void whatIsOlderThanTheWindowDoesNotCount() {
        fail(breaker, time, 19);
        time.advance(Duration.ofSeconds(31));
        assertThat(breaker.failureRatio(time.nanos())).isZero();
        fail(breaker, time, 1);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void goodNewsDoesNotOpenIt() {
        fail(breaker, time, 19);
        succeed(breaker, time, 1);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    private List<Breaker.Probe> probes() {
        List<Breaker.Probe> probes = new ArrayList<>();
        for (Breaker.Probe probe = breaker.tryProbe(time.nanos());
                probe != null && probes.size() < 100;
                probe = breaker.tryProbe(time.nanos())) {
            probes.add(probe);
        }
        return probes;
    }

    private void failed(Breaker.Probe probe) {
        probe.failed(1_000_000, time.nanos(), new IllegalStateException("broken"));
    }

    private void succeeded(Breaker.Probe probe) {
        probe.succeeded(1_000_000, time.nanos());
    }

    @Test
    void lettingProbesThroughItClosesWithAnEmptyWindow() {
        fail(breaker, time, 20);
        time.advance(Duration.ofSeconds(7));
        List<Breaker.Probe> probes = probes();
        assertThat(probes).hasSize(5);
        probes.forEach(this::succeeded);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, time, 19);
        assertThat(breaker.state())
                .as("what failed before it opened is forgotten")
                .isEqualTo(State.CLOSED);
    }

    @Test
    void failedProbesOpenItAgainForLonger() {
        fail(breaker, time, 20);
        time.advance(Duration.ofSeconds(7));
        probes().forEach(this::failed);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        // 10 s with a fifth of jitter.
        time.advance(Duration.ofSeconds(7));
        assertThat(probes()).isEmpty();
        time.advance(Duration.ofSeconds(6));
        assertThat(probes()).hasSize(5);
    }

    @Test
    void aProbeThatSaysNothingMakesRoomForAnother() {
        fail(breaker, time, 20);
        time.advance(Duration.ofSeconds(7));
        List<Breaker.Probe> probes = probes();
        probes.get(0).ignored();
        assertThat(probes()).hasSize(1);
    }

    @Test
    void answersToCallsFromBeforeItOpenedAreNoProbes() {
        fail(breaker, time, 20);
        time.advance(Duration.ofSeconds(7));
        List<Breaker.Probe> probes = probes();
        fail(breaker, time, 10);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        succeed(breaker, time, 10);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        probes.forEach(this::succeeded);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aProbeOfAnEarlierRoundSaysNothingOfThisOne() {
        fail(breaker, time, 20);
        time.advance(Duration.ofSeconds(7));
        List<Breaker.Probe> first = probes();
        first.subList(0, 4).forEach(this::failed);
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        time.advance(Duration.ofSeconds(61));
        assertThat(probes()).as("its fifth probe hangs").isEmpty();
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        time.advance(Duration.ofSeconds(13));
        List<Breaker.Probe> second = probes();
        assertThat(second).hasSize(5);

        first.get(4).ignored();
        assertThat(probes()).isEmpty();
        second.subList(0, 4).forEach(this::succeeded);
        failed(first.get(4));
        assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
        succeeded(second.get(4));
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void anObservingBreakerNeverRefuses() {
        Breaker observer = BreakerLayer.breaker("inventory", observing, time);
        fail(observer, time, 100);
        assertThat(observer.state()).isEqualTo(State.METRICS_ONLY);
        assertThat(observer.counting()).isTrue();
        assertThat(observer.failureRatio(time.nanos())).isEqualTo(1);
    }

    @Test
    void manyFailuresAtOnceOpenItOnce() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            Thread thread = new Thread(() -> fail(breaker, time, 500));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        // Opened twice, it would stay open for 10 s or more.
        time.advance(Duration.ofSeconds(7));
        assertThat(breaker.tryProbe(time.nanos())).isNotNull();
    }
}
