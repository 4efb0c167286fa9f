package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import io.opentelemetry.context.Context;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BlockingPaceTest {
    private final FakeTime time = new FakeTime();
    private final Call call = new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root());
    private final Promise<String> promise = new Promise<>();

    /** What the caller gets who waits for something that ends when it is cut off. */
    private Fate settled() {
        call.onCancel(() -> promise.fail(call.cancellation()));
        Reply<String> reply = call.pace().settle(call, promise);
        if (reply instanceof Failure<String> failure && failure.cause() instanceof MeshException mesh) {
            return mesh.fate();
        }
        throw new AssertionError("a failure of ours was expected: " + reply);
    }

    @Test
    void whoWaitsUntilTheDeadlineIsToldSoAndWhatHeWaitedForIsCutOff() {
        call.shorten(time.nanos() + Duration.ofMillis(300).toNanos());
        assertThat(settled()).isEqualTo(Fate.FAILED_DEADLINE);
        assertThat(call.cancelled()).isTrue();
        assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(300));
    }

    @Test
    void whoIsInterruptedIsToldThatTheCallIsCancelled() {
        call.shorten(time.nanos() + Duration.ofMillis(300).toNanos());
        Thread.currentThread().interrupt();
        assertThat(settled()).isEqualTo(Fate.CANCELLED);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(call.cancelled()).isTrue();
    }

    @Test
    void whoseCallIsCancelledIsToldSo() {
        call.shorten(time.nanos() + Duration.ofMillis(300).toNanos());
        time.after(1000, call::cancel);
        assertThat(settled()).isEqualTo(Fate.CANCELLED);
    }
}
