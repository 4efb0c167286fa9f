package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Resolver;
import dev.weft.policy.LayerValues;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that wait on this side, for discovery or for a connection. */
class WaitingTest {
    private final FakeTime time = new FakeTime();
    private final BlockingQueue<String> sentBy = new LinkedBlockingQueue<>();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock").script(attempt -> {
        sentBy.add(Thread.currentThread().getName());
        return Answer.ok("stock").withOpenBody();
    });
    private final Unsure resolver = new Unsure();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ExecutorService home = Executors.newSingleThreadExecutor(task -> new Thread(task, "home"));
    private final Mesh mesh = Mesh.builder()
            .time(time)
            .random(new Random(42))
            .drain(Duration.ofMillis(1))
            .metrics(registry)
            .resolver(resolver)
            .set("discovery.wait", "5s")
            .set("limits.connections", "1")
            .start();
    private final MeshClient<String> client = mesh.client(wire);

    @AfterEach
    void close() {
        mesh.close();
        home.shutdownNow();
    }

    private Call newCall(Pace pace) {
        return route().newCall("request", pace, Context.root());
    }

    private Route<String> route() {
        return client.route("inventory", "GET", "/", LayerValues.NONE);
    }

    private CompletableFuture<Outcome<String>> send(Call call) {
        CompletableFuture<Outcome<String>> done = new CompletableFuture<>();
        Reply<String> reply = route().send(call);
        reply.onDone(call, (c, outcome) -> done.complete(outcome));
        return done;
    }

    private double waitingForDiscovery() {
        return registry.get("weft.client.discovery.waiting").gauge().value();
    }

    @Test
    void afterDiscoveryAnAsyncCallIsCarriedOnByItsOwnHomeAndNotByTheResolver() throws Exception {
        CompletableFuture<Outcome<String>> done = send(newCall(Pace.async(time, home)));
        assertThat(waitingForDiscovery()).isEqualTo(1);
        resolver.answer();
        assertThat(sentBy.poll(30, TimeUnit.SECONDS)).isEqualTo("home");
        done.get(30, TimeUnit.SECONDS);
        assertThat(waitingForDiscovery()).isZero();
    }

    @Test
    void anAsyncCallThatWaitsForAConnectionIsNotCarriedOnByWhoeverGivesOneBack() throws Exception {
        resolver.answer();
        Call first = newCall(Pace.blocking(time));
        assertThat(send(first)).isDone();
        assertThat(sentBy.poll()).isEqualTo(Thread.currentThread().getName());
        CompletableFuture<Outcome<String>> second = send(newCall(Pace.async(time, home)));

        wire.attempts().get(0).end(null);

        assertThat(sentBy.poll(30, TimeUnit.SECONDS)).isEqualTo("home");
        second.get(30, TimeUnit.SECONDS);
    }

    @Test
    void theWaitForAConnectionIsNotTheNodesLatency() {
        resolver.answer();
        assertThat(send(newCall(Pace.blocking(time)))).isDone();
        CompletableFuture<Outcome<String>> second = send(newCall(Pace.async(time, Runnable::run)));
        time.advance(Duration.ofSeconds(3));
        wire.attempts().get(0).end(null);
        assertThat(second).isDone();
        assertThat(wire.attempts().get(1).sentNanos())
                .isEqualTo(time.nanos())
                .isEqualTo(wire.attempts().get(1).headNanos());
    }

    @Test
    void whoHasTooLittleTimeLeftAfterTheWaitForAConnectionIsNotSentAndGivesItBack() {
        resolver.answer();
        assertThat(send(newCall(Pace.blocking(time)))).isDone();
        Call late = newCall(Pace.async(time, Runnable::run));
        CompletableFuture<Outcome<String>> second = send(late);
        time.advance(Duration.ofMillis(9_999));
        wire.attempts().get(0).end(null);
        assertThat(second).isDone();
        assertThat(late.fate()).isEqualTo(Fate.FAILED_DEADLINE);
        assertThat(wire.attempts()).hasSize(1);
        assertThat(send(newCall(Pace.blocking(time)))).isDone();
        assertThat(wire.attempts()).hasSize(2);
    }

    @Test
    void norWhoHasTooLittleLeftAfterTheWaitForDiscovery() {
        Call late = newCall(Pace.async(time, Runnable::run));
        late.shorten(time.nanos() + Duration.ofSeconds(2).toNanos());
        CompletableFuture<Outcome<String>> done = send(late);
        time.advance(Duration.ofMillis(1_999));
        resolver.answer();
        assertThat(done).isDone();
        assertThat(late.fate()).isEqualTo(Fate.FAILED_DEADLINE);
        assertThat(wire.attempts()).isEmpty();
    }

    @Test
    void aConnectionWhoseTurnCannotBeTakenIsGivenBack() throws Exception {
        resolver.answer();
        assertThat(send(newCall(Pace.blocking(time)))).isDone();
        home.shutdown();
        CompletableFuture<Outcome<String>> homeless = send(newCall(Pace.async(time, home)));

        wire.attempts().get(0).end(null);

        homeless.get(30, TimeUnit.SECONDS);
        Call next = newCall(Pace.async(time, Runnable::run));
        assertThat(send(next)).isDone();
        assertThat(next.latest()).isSameAs(wire.attempts().get(1));
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsForDiscoveryWaitsNoLongerThanItsDeadline(AnyPace pace) {
        Call call = newCall(pace.on(time));
        call.shorten(time.nanos() + Duration.ofMillis(300).toNanos());
        pace.run(time, route()::send, call);
        assertThat(call.fate()).isEqualTo(Fate.FAILED_DEADLINE);
        assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(300));
        assertThat(waitingForDiscovery()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void whoIsCancelledWhileItWaitsForDiscoveryLeavesNothingBehind() {
        Call call = newCall(Pace.async(time, Runnable::run));
        CompletableFuture<Outcome<String>> done = send(call);
        call.cancel();
        assertThat(done).isDone();
        assertThat(call.fate()).isEqualTo(Fate.CANCELLED);
        assertThat(waitingForDiscovery()).isZero();
        assertThat(time.pending()).isZero();
    }

    @Test
    void whoWaitsWhenTheMeshClosesIsToldSo() {
        Call call = newCall(Pace.async(time, Runnable::run));
        CompletableFuture<Outcome<String>> done = send(call);
        mesh.close();
        assertThat(done).isDone();
        assertThat(call.fate()).isEqualTo(Fate.CANCELLED);
        assertThat(time.pending()).isZero();
    }

    @Test
    void aMeshMayDrainForEver() {
        Mesh patient = Mesh.builder()
                .time(time)
                .drain(Duration.ofSeconds(Long.MAX_VALUE))
                .start();
        patient.close();
        assertThat(time.elapsed()).isZero();
    }

    /** Says nothing until it is told to. */
    private static final class Unsure implements Resolver {
        private boolean sure;
        private @Nullable Listener listener;

        @Override
        public Watch watch(String service, Listener listener) {
            this.listener = listener;
            if (sure) {
                answer();
            }
            return () -> {};
        }

        void answer() {
            sure = true;
            if (listener != null) {
                Objects.requireNonNull(listener).endpoints(List.of(Endpoint.parse("10.0.0.1:80")));
            }
        }
    }
}
