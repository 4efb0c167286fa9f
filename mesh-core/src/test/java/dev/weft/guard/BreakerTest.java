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
            breaker.succeeded(1_000_000, time.nanos());
        }
    }

    private static void fail(Breaker breaker, FakeTime time, int calls) {
        for (int i = 0; i < calls; i++) {
            breaker.failed(1_000_000, time.nanos(), new IllegalStateException("broken"));
        }
    }

    @Test
    void opensWhenItsShareOfEnoughCallsFailed() {
        succeed(breaker, time, 10);
        fail(breaker, time, 9);
        assertThat(breaker.state()).isEqualTo(State.CLOSED);
        fail(breaker, time, 1);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        assertThat(breaker.tryPass()).isFalse();
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

    @Test
    void lettingProbesThroughItClosesWithAnEmptyWindow() {
        fail(breaker, time, 20);
        time.advance(Duration.ofSeconds(7));
        for (int i = 0; i < 5; i++) {
            assertThat(breaker.tryPass()).isTrue();
        }
        assertThat(breaker.tryPass()).as("a sixth probe").isFalse();
        succeed(breaker, time, 5);
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
        for (int i = 0; i < 5; i++) {
            assertThat(breaker.tryPass()).isTrue();
        }
        fail(breaker, time, 5);
        assertThat(breaker.state()).isEqualTo(State.OPEN);
        // 10 s with a fifth of jitter.
        time.advance(Duration.ofSeconds(7));
        assertThat(breaker.tryPass()).isFalse();
        time.advance(Duration.ofSeconds(6));
        assertThat(breaker.tryPass()).isTrue();
    }

    @Test
    void anObservingBreakerNeverRefuses() {
        Breaker observer = BreakerLayer.breaker("inventory", observing, time);
        fail(observer, time, 100);
        assertThat(observer.state()).isEqualTo(State.METRICS_ONLY);
        assertThat(observer.tryPass()).isTrue();
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
        assertThat(breaker.tryPass()).isTrue();
    }
}
