package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Promise;
import dev.weft.call.Success;
import dev.weft.call.Verdict;
import dev.weft.policy.Layer;
import dev.weft.policy.LayerValues;
import dev.weft.retry.RetryLayer;
import dev.weft.stack.Fit;
import dev.weft.stack.ServiceState;
import dev.weft.stack.Slot;
import dev.weft.stack.Stackable;
import dev.weft.testkit.Answer;
import dev.weft.testkit.AnyPace;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedResolver;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a change of policy does to what was learnt, and to calls under way. */
class PolicySwapTest {
    private final FakeTime time = new FakeTime();
    private final ScriptedWire<String> wire = new ScriptedWire<>("stock");
    private final ScriptedPolicySource policy = new ScriptedPolicySource();
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final Learning learning = new Learning();
    private final Mesh mesh = mesh();
    private final MeshClient<String> client = mesh.client(wire);

    private Mesh mesh() {
        return Mesh.builder()
                .time(time)
                .random(new Random(42))
                .drain(Duration.ofMillis(1))
                .resolver(resolver)
                .policy(policy)
                .stack(stack -> stack.before(Slot.RETRY, learning))
                .start();
    }

    @BeforeEach
    void serve() {
        resolver.serve("inventory", "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80");
    }

    @AfterEach
    void close() {
        mesh.close();
    }

    /** A policy of that line for all services. */
    private void policy(String line) {
        policy.says("weft: 1\ndefaults:\n  " + line + "\n");
    }

    private Route<String> route() {
        return client.route("inventory", "GET", "/items", LayerValues.NONE);
    }

    private Call call() {
        Route<String> route = route();
        Call call = route.newCall("request", Pace.blocking(time), Context.root());
        AnyPace.BLOCKING.run(time, route::send, call);
        return call;
    }

    @Test
    void anEmptyBudgetStaysEmptyThroughAChangeThatDoesNotConcernIt() {
        wire.script(attempt -> Answer.of(Verdict.UNAVAILABLE, 503, "sorry"));
        policy("retry: {attempts: 2, backoff: {base: 1ms, cap: 1ms}}\n  ejection: {mode: off}");
        while (call().fate() != Fate.FAILED_BUDGET) {
            assertThat(wire.attempts()).hasSizeLessThan(1_000);
        }

        policy("retry: {attempts: 3, backoff: {base: 1ms, cap: 1ms}}\n  ejection: {mode: off}");

        assertThat(call().fate()).isEqualTo(Fate.FAILED_BUDGET);
        policy("retry: {attempts: 3, budget: {perSecond: 4}}\n  ejection: {mode: off}");
        assertThat(call().fate()).as("a budget of its own").isNotEqualTo(Fate.FAILED_BUDGET);
    }

    @Test
    void anOpenBreakerStaysOpenThroughAChangeThatDoesNotConcernIt() {
        wire.script(attempt -> Answer.of(Verdict.SERVER_ERROR, 500, "broken"));
        policy("breaker: {mode: enforce}\n  ejection: {mode: off}");
        while (call().fate() != Fate.REJECTED_BREAKER) {
            assertThat(wire.attempts()).hasSizeLessThan(1_000);
        }

        policy("breaker: {mode: enforce}\n  ejection: {mode: off}\n  deadline: {total: 3s}");

        assertThat(call().fate()).isEqualTo(Fate.REJECTED_BREAKER);
    }

    @Test
    void anEjectedNodeStaysOutAndLatencyIsNotForgottenThroughAChangeOfTheBalancer() {
        wire.at("10.0.0.1:80", Answer.of(Verdict.SERVER_ERROR, 500, "broken"));
        policy("balancer: {kind: roundRobin}");
        for (int i = 0; i < 30; i++) {
            call();
        }
        assertThat(mesh.clusters().values())
                .allMatch(cluster -> cluster.ejections().count() == 1);
        long asked = wire.asked().stream().filter("10.0.0.1:80"::equals).count();

        policy("balancer: {kind: p2c}");
        for (int i = 0; i < 30; i++) {
            call();
        }

        assertThat(wire.asked().stream().filter("10.0.0.1:80"::equals)).hasSize((int) asked);
    }

    @Test
    void routesThatDisagreeAboutTheirServiceKeepEachTheirOwnThroughAnyChange() {
        LayerValues generous = LayerValues.builder(Layer.ANNOTATION)
                .set(RetryLayer.BUDGET_RATIO, 0.5, "@Generous")
                .build();
        for (int change = 0; change < 10; change++) {
            policy("deadline: {total: " + (change + 1) + "s}");
            client.route("inventory", "GET", "/items", LayerValues.NONE);
            client.route("inventory", "GET", "/items", generous);
            client.route("inventory", "GET", "/items", LayerValues.NONE);
            System.gc();
        }
        assertThat(learning.made).hasValue(2);
    }

    @Test
    void aCallEndsOnThePolicyItBeganWithAndHearsOfNewNodesAllTheSame() {
        policy("retry: {attempts: 2, backoff: {base: 1ms, cap: 1ms}}\n  balancer: {kind: p2c}");
        wire.next(Answer.<String>of(Verdict.UNAVAILABLE, 503, "sorry").after(Duration.ofSeconds(1)));
        Route<String> began = route();
        Call call = began.newCall("request", AnyPace.ASYNC.on(time), Context.root());
        Promise<String> reply = (Promise<String>) began.send(call);

        policy("retry: {attempts: 1}\n  balancer: {kind: roundRobin}");
        assertThat(call().policy().get(RetryLayer.ATTEMPTS)).isEqualTo(1);
        resolver.serve("inventory", "10.0.0.9:80");
        time.advance(Duration.ofSeconds(2));

        assertThat(reply.outcome()).isEqualTo(new Success<>("stock"));
        assertThat(call.attempts()).isEqualTo(2);
        assertThat(wire.asked().get(2)).isEqualTo("10.0.0.9:80");
    }

    @Test
    void underCallsAndChangesAtOnceNothingInUseIsClosedAndTheLastPolicyWins() {
        AtomicInteger version = new AtomicInteger();
        Race.rounds(300, () -> {
            int now = version.incrementAndGet();
            return Race.of(
                    () -> {
                        assertThat(route().policy().get(RetryLayer.ATTEMPTS)).isEqualTo(now % 10 + 1);
                        assertThat(call().fate()).isEqualTo(Fate.SUCCESS);
                    },
                    () -> policy("retry: {attempts: " + (now % 10 + 1) + ", budget: {perSecond: " + now + "}}"),
                    this::callOften,
                    this::callOften);
        });
        assertThat(learning.usedAfterClose).hasValue(0);
        assertThat(learning.made).hasValueLessThanOrEqualTo(1 + version.get());
    }

    private void callOften() {
        Route<String> newest = route();
        for (int i = 0; i < 20; i++) {
            Route<String> route = route();
            Call call = route.newCall("request", Pace.blocking(time), Context.root());
            Outcome<String> outcome = AnyPace.BLOCKING.run(time, route::send, call);
            assertThat(outcome).isEqualTo(new Success<>("stock"));
            newest = route;
        }
        assertThat(newest).isNotNull();
    }

    /** Learns something for each budget that policy wants. */
    private static final class Learning implements Stackable {
        final AtomicInteger made = new AtomicInteger();
        final AtomicInteger usedAfterClose = new AtomicInteger();

        @Override
        public String name() {
            return "learning";
        }

        @Override
        public <R> Filter<R> filter(Fit<R> fit) {
            List<Object> config = List.of(
                    fit.policy().get(RetryLayer.BUDGET_RATIO), fit.policy().get(RetryLayer.BUDGET_PER_SECOND));
            Learnt learnt = fit.keep("learning", config, this::make);
            return (call, next) -> {
                if (learnt.closed) {
                    usedAfterClose.incrementAndGet();
                }
                return next.call(call);
            };
        }

        private Learnt make() {
            made.incrementAndGet();
            return new Learnt();
        }
    }

    private static final class Learnt implements ServiceState.Closeable {
        volatile boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }
}
