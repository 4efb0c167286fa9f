package dev.weft.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.policy.Policy;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose thread carries a call on after it has waited. */
class PaceTest {
    private final FakeTime time = new FakeTime();
    private final ExecutorService home = Executors.newSingleThreadExecutor(task -> new Thread(task, "home"));

    @AfterEach
    void close() {
        home.shutdownNow();
    }

    private Call call(Pace pace) {
        return new Call("request", Policy.builtIn("inventory"), pace, Context.root());
    }

    /** The name of the thread that goes on with what is waited for, and what came of it. */
    private static <R> CompletableFuture<String> wentOn(Call call, Reply<R> waited) {
        CompletableFuture<String> wentOn = new CompletableFuture<>();
        waited.onDone(
                call,
                (c, outcome) -> wentOn.complete(Thread.currentThread().getName() + " with "
                        + (outcome instanceof Failure<R> failure
                                ? failure.cause().getMessage()
                                : "success")));
        return wentOn;
    }

    private static String name(CompletableFuture<String> wentOn)
            throws InterruptedException, ExecutionException, TimeoutException {
        return wentOn.get(30, TimeUnit.SECONDS);
    }

    @Test
    void anAsyncCallGoesOnAtHomeWhoeverEndsItsWait() throws Exception {
        Call call = call(Pace.async(time, home));
        Promise<String> promise = new Promise<>();
        CompletableFuture<String> wentOn = wentOn(call, call.pace().resume(call, promise));
        promise.succeed("turn");
        assertThat(name(wentOn)).isEqualTo("home with success");
    }

    @Test
    void anAsyncCallGoesOnAtHomeAfterAPauseThatTheTimerEnds() throws Exception {
        Call call = call(Pace.async(time, home));
        CompletableFuture<String> wentOn = wentOn(call, call.pace().pause(call, 1_000));
        time.advance(Duration.ofMillis(1));
        assertThat(name(wentOn)).isEqualTo("home with success");
    }

    @Test
    void anAsyncCallGoesOnAtHomeAfterAPauseThatItsCancellationEnds() throws Exception {
        Call call = call(Pace.async(time, home));
        CompletableFuture<String> wentOn = wentOn(call, call.pace().pause(call, 1_000));
        call.cancel();
        assertThat(name(wentOn)).isEqualTo("home with inventory: the call was cancelled");
        assertThat(time.pending()).isZero();
    }

    @Test
    void anAsyncCallWhoseHomeIsGoneIsToldSo() throws Exception {
        home.shutdown();
        Call call = call(Pace.async(time, home));
        Promise<String> promise = new Promise<>();
        CompletableFuture<String> wentOn = wentOn(call, call.pace().resume(call, promise));
        promise.succeed("turn");
        assertThat(name(wentOn)).contains("is it shut down?");
    }

    @Test
    void aBlockingCallGoesOnOnItsOwnThread() throws Exception {
        time.hold();
        Call call = call(Pace.blocking(time));
        Promise<String> promise = new Promise<>();
        Thread other = new Thread(() -> promise.succeed("turn"));
        other.start();
        CompletableFuture<String> wentOn = wentOn(call, call.pace().resume(call, promise));
        assertThat(wentOn.getNow("nobody")).isEqualTo(Thread.currentThread().getName() + " with success");
        other.join();
    }

    @Test
    void aPauseThatEndsAfterAllDaysIsLeftToTheDeadline() {
        Call call = call(Pace.blocking(time));
        call.shorten(time.nanos() + 1_000);
        assertThat(call.pace().pause(call, Long.MAX_VALUE)).isInstanceOf(Failure.class);
        assertThat(time.elapsed()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whoHasPausedIsNotCutOffWithThoseWhoPause(AnyPace pace) {
        Call call = call(pace.on(time));
        call.pace().pause(call, 1_000);
        time.advance(Duration.ofMillis(1));
        call.ends().pauses().close();
        assertThat(call.cancelled()).isFalse();
    }
}
