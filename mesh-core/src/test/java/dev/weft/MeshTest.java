package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.MeshException;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Reply;
import dev.weft.call.Service;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Policy;
import dev.weft.stack.Fit;
import dev.weft.stack.Slot;
import dev.weft.stack.Stackable;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.ScriptedWire;
import dev.weft.testkit.StillWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The default stack over a scripted wire, through both paces. */
class MeshTest {
    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");

    private MeshBuilder builder() {
        return Mesh.builder()
                .time(time)
                .random(new Random(42))
                .drain(Duration.ofSeconds(1))
                .resolver(StaticResolver.empty().with("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80"));
    }

    private Run call(Mesh mesh, AnyPace pace) {
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
        Call call = route.newCall("request", pace.on(time), Context.root());
        return new Run(call, pace.run(time, route::send, call));
    }

    private record Run(Call call, Outcome<String> outcome) {
        String value() {
            return ((Success<String>) outcome).value();
        }

        Throwable cause() {
            return ((Failure<String>) outcome).cause();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCallReachesANodeAndSucceeds(AnyPace pace) {
        try (Mesh mesh = builder().start()) {
            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("stock");
            assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS);
            assertThat(run.call.endNanos()).isNotZero();
        }
    }

    @Test
    void aWireIsAskedForItsLeafOnceForEachChainHoweverCallsAlternate() {
        List<String> asked = new ArrayList<>();
        StillWire counting = new StillWire() {
            @Override
            public Service<String> under(Policy policy) {
                asked.add(policy.service());
                return this;
            }
        };
        StaticResolver both =
                StaticResolver.empty().with("inventory", "10.0.0.1:80").with("pricing", "10.0.0.2:80");
        try (Mesh mesh = builder().resolver(both).start()) {
            MeshClient<String> client = mesh.client(counting);
            for (int i = 0; i < 6; i++) {
                Route<String> route =
                        client.route(i % 2 == 0 ? "inventory" : "pricing", "GET", "/items", LayerValues.NONE);
                Call call = route.newCall("request", Pace.blocking(time), Context.root());
                assertThat(route.send(call)).isInstanceOf(Success.class);
            }
        }
        assertThat(asked).containsExactly("inventory", "pricing");
    }

    @ParameterizedTest
    @EnumSource
    void aFailedAttemptIsTriedAgainOnAnotherNode(AnyPace pace) {
        wire.next(Answer.of(Verdict.UNAVAILABLE, 503, "sorry"));
        try (Mesh mesh = builder().start()) {
            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("stock");
            assertThat(run.call.fate()).isEqualTo(Fate.SUCCESS_AFTER_RETRY);
            assertThat(wire.asked()).doesNotHaveDuplicates().hasSize(2);
            assertThat(wire.discarded()).containsExactly("sorry");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasSentIsNotSentAgainUnlessItIsIdempotent(AnyPace pace) {
        wire.idempotent(false).next(Answer.failure(Verdict.LOST));
        try (Mesh mesh = builder().start()) {
            Run run = call(mesh, pace);

            assertThat(run.call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
            assertThat(wire.attempts()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasNeverSentIsSentElsewhereAtOnceWhateverItIs(AnyPace pace) {
        wire.idempotent(false).next(Answer.failure(Verdict.UNSENT));
        try (Mesh mesh = builder().start()) {
            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("stock");
            assertThat(time.elapsed()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void attemptsEnd(AnyPace pace) {
        wire.script(attempt -> Answer.of(Verdict.UNAVAILABLE, 503, "sorry"));
        try (Mesh mesh = builder().start()) {
            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("sorry");
            assertThat(run.call.fate()).isEqualTo(Fate.FAILED_ATTEMPTS_EXHAUSTED);
            assertThat(wire.attempts()).hasSize(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void silenceEndsWithTheDeadline(AnyPace pace) {
        wire.script(attempt -> Answer.never());
        try (Mesh mesh = builder().set("deadline.total", "300ms").start()) {
            Run run = call(mesh, pace);

            assertThat(run.outcome).isInstanceOf(Failure.class);
            assertThat(run.call.fate()).isEqualTo(Fate.FAILED_DEADLINE);
            assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(300));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSilentTryIsLeftForAnother(AnyPace pace) {
        wire.next(Answer.never());
        try (Mesh mesh = builder().set("retry.perTry", "100ms").start()) {
            Run run = call(mesh, pace);

            assertThat(run.value()).isEqualTo("stock");
            assertThat(time.elapsed()).isBetween(Duration.ofMillis(100), Duration.ofMillis(150));
        }
    }

    @ParameterizedTest
    @EnumSource
    void inAFullOutageRetriesFallToTheReserve(AnyPace pace) {
        wire.script(attempt -> Answer.of(Verdict.UNAVAILABLE, 503, "sorry"));
        try (Mesh mesh = builder()
                .set("ejection.mode", "off")
                .set("limits.throttle", "off")
                .start()) {
            for (int i = 0; i < 500; i++) {
                call(mesh, pace);
            }
            // 3 per second over 10 s are there at once; little more can come while the test runs in fake time.
            long retries = wire.attempts().size() - 500L;
            assertThat(retries).isBetween(30L, 30 + 3 * (time.elapsed().toSeconds() + 10));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNodeThatFailsAgainAndAgainIsEjectedAndComesBackByOneProbe(AnyPace pace) {
        wire.at("10.0.0.1:80", Answer.of(Verdict.SERVER_ERROR, 500, "broken"));
        try (Mesh mesh = builder().set("balancer.kind", "roundRobin").start()) {
            for (int i = 0; i < 200; i++) {
                call(mesh, pace);
            }
            long asked = asked("10.0.0.1:80");
            assertThat(asked).isEqualTo(5);
            wire.at("10.0.0.1:80", Answer.ok("healed"));
            time.advance(Duration.ofSeconds(10));
            for (int i = 0; i < 200; i++) {
                call(mesh, pace);
            }
            assertThat(asked("10.0.0.1:80")).isGreaterThan(asked + 20);
        }
    }

    private long asked(String address) {
        return wire.asked().stream().filter(address::equals).count();
    }

    @ParameterizedTest
    @EnumSource
    void anOpenBreakerRefusesWithoutSending(AnyPace pace) {
        wire.script(attempt -> Answer.of(Verdict.SERVER_ERROR, 500, "broken"));
        try (Mesh mesh = builder()
                .set("breaker.mode", "enforce")
                .set("ejection.mode", "off")
                .start()) {
            for (int i = 0; i < 20; i++) {
                call(mesh, pace);
            }
            int sent = wire.attempts().size();

            Run run = call(mesh, pace);

            assertThat(run.call.fate()).isEqualTo(Fate.REJECTED_BREAKER);
            assertThat(run.cause()).hasMessageContaining("breaker of inventory is open");
            assertThat(wire.attempts()).hasSize(sent);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anObservingBreakerLetsEverythingPass(AnyPace pace) {
        wire.script(attempt -> Answer.of(Verdict.SERVER_ERROR, 500, "broken"));
        try (Mesh mesh =
                builder().set("ejection.mode", "off").set("retry.attempts", "1").start()) {
            for (int i = 0; i < 50; i++) {
                assertThat(call(mesh, pace).call.fate()).isEqualTo(Fate.FAILED_NOT_RETRYABLE);
            }
        }
    }

    @Test
    void aCallOverTheLimitIsRefusedHere() {
        wire.script(attempt -> Answer.ok("open").withOpenBody());
        try (Mesh mesh = builder()
                .set("limits.requests", "2")
                .drain(Duration.ofMillis(1))
                .start()) {
            call(mesh, AnyPace.BLOCKING);
            call(mesh, AnyPace.BLOCKING);
            Run third = call(mesh, AnyPace.BLOCKING);

            assertThat(third.call.fate()).isEqualTo(Fate.REJECTED_LIMIT);
            assertThat(wire.attempts()).hasSize(2);
            wire.attempts().get(0).end(null);
            assertThat(call(mesh, AnyPace.BLOCKING).call.outcome()).isInstanceOf(Success.class);
        }
    }

    @Test
    void whoWaitsForAConnectionGetsTheNextThatIsFree() {
        wire.script(attempt -> Answer.ok("open").withOpenBody());
        try (Mesh mesh = builder()
                .set("limits.connections", "1")
                .set("limits.pending", "1")
                .drain(Duration.ofMillis(1))
                .start()) {
            call(mesh, AnyPace.BLOCKING);
            Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
            Call waiting = route.newCall("request", AnyPace.ASYNC.on(time), Context.root());
            Reply<String> reply = route.send(waiting);
            assertThat(call(mesh, AnyPace.ASYNC).call.fate()).isEqualTo(Fate.REJECTED_LIMIT);
            assertThat(wire.attempts()).hasSize(1);

            wire.attempts().get(0).end(null);

            assertThat(wire.attempts()).hasSize(2);
            assertThat(reply.then(waiting, (call, outcome) -> outcome)).isNotNull();
            assertThat(waiting.outcome()).isInstanceOf(Success.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownServiceIsAClearErrorAfterTheWait(AnyPace pace) {
        try (Mesh mesh = builder().set("discovery.wait", "1s").start()) {
            Route<String> route = mesh.client(wire).route("pricing", "GET", "/", LayerValues.NONE);
            Call call = route.newCall("request", pace.on(time), Context.root());
            Outcome<String> outcome = pace.run(time, route::send, call);

            assertThat(call.fate()).isEqualTo(Fate.NO_ENDPOINT);
            assertThat(((Failure<String>) outcome).cause())
                    .isInstanceOf(MeshException.class)
                    .hasMessageContaining("pricing")
                    .hasMessageContaining("known are [inventory]");
            assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void endpointsThatPolicyWritesOutComeBeforeWhatDiscoverySays() {
        try (Mesh mesh = builder()
                .set("inventory", "discovery.endpoints", "10.9.9.9:81 weight=2 zone=a")
                .start()) {
            call(mesh, AnyPace.BLOCKING);

            assertThat(wire.asked()).containsExactly("10.9.9.9:81");
        }
    }

    @Test
    void aCancelledCallStopsRetrying() {
        wire.script(attempt -> Answer.never());
        try (Mesh mesh = builder().start()) {
            Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
            Call call = route.newCall("request", AnyPace.ASYNC.on(time), Context.root());
            route.send(call);

            call.cancel();

            assertThat(call.fate()).isEqualTo(Fate.CANCELLED);
            assertThat(wire.attempts()).hasSize(1);
            assertThat(mesh.clusters().values())
                    .allMatch(cluster -> cluster.nodes().stream().allMatch(node -> node.inFlight() == 0));
            assertThat(time.pending()).isZero();
        }
    }

    @Test
    void aClosedMeshTakesNoCalls() {
        Mesh mesh = builder().start();
        Route<String> route = mesh.client(wire).route("inventory", "GET", "/items", LayerValues.NONE);
        mesh.close();

        Call call = route.newCall("request", AnyPace.BLOCKING.on(time), Context.root());
        Outcome<String> outcome = AnyPace.BLOCKING.run(time, route::send, call);

        assertThat(((Failure<String>) outcome).cause()).hasMessageContaining("closed");
    }

    @Test
    void usersAddReplaceAndRemoveLayers() {
        Stackable stamp = new Stackable() {
            @Override
            public String name() {
                return "stamp";
            }

            @Override
            public <R> @Nullable Filter<R> filter(Fit<R> fit) {
                return (call, next) -> {
                    call.fate(Fate.FALLBACK);
                    return next.call(call);
                };
            }
        };
        try (Mesh mesh = builder()
                .stack(stack -> stack.before(Slot.RETRY, stamp).remove(Slot.BREAKER))
                .start()) {
            assertThat(call(mesh, AnyPace.BLOCKING).call.fate()).isEqualTo(Fate.FALLBACK);
            assertThat(mesh.stack().toString()).contains("stamp").doesNotContain("breaker ");
        }
        assertThatThrownBy(() -> ClientStack.standard(Mesh.builder()).remove(Slot.BALANCE))
                .hasMessageContaining("replaced");
    }
}
