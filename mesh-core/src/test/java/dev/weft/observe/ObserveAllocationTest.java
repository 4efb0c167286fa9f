package dev.weft.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Outcome;
import dev.weft.call.Pushback;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.call.Wire;
import dev.weft.testkit.AnyPace;
import io.opentelemetry.api.OpenTelemetry;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ObserveAllocationTest {
    private static final int CALLS = 10_000;

    private final Watched watched = new Watched(OpenTelemetry.noop()).logSuccesses(0.0);
    private final Still wire = new Still();

    @AfterEach
    void close() {
        watched.close();
    }

    @Test
    void metricsAndLogAllocateNothingForACallThatGoesWell() {
        Service<String> attempts = watched.attempts(wire);
        Service<String> seen = watched.calls(wire, call -> attempts.call(watched.attempt(call)));
        Service<String> bare = call -> wire.call(watched.attempt(call));
        long without = bytes(bare);
        assertThat(without).isPositive();
        assertThat(bytes(seen) - without).as("bytes in %d calls", CALLS).isLessThan(CALLS);
        assertThat(watched.registry.get("weft.client.calls").functionTimer().count())
                .isEqualTo(5 * CALLS);
    }

    /** The least of some rounds: the first ones load classes, and the measuring itself may allocate. */
    private long bytes(Service<String> service) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                Call call = watched.call(AnyPace.BLOCKING);
                if (service.call(call) instanceof Outcome<String> outcome) {
                    call.finish(outcome);
                }
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    /** Answers without an object of its own. */
    private static final class Still implements Wire<String> {
        private final Success<String> answer = new Success<>("fine");

        @Override
        public Reply<String> call(Call attempt) {
            attempt.answered(Verdict.OK, 200, answer, attempt.time().nanos());
            attempt.end(null);
            return answer;
        }

        @Override
        public String protocol() {
            return "http";
        }

        @Override
        public boolean replayable(Call call) {
            return true;
        }

        @Override
        public boolean idempotent(Call call) {
            return true;
        }

        @Override
        public Pushback pushback(Call attempt, Outcome<String> outcome) {
            return Pushback.NONE;
        }

        @Override
        public void discard(String response) {}
    }
}
