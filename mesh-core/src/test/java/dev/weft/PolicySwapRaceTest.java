package dev.weft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Fate;
import dev.weft.call.Filter;
import dev.weft.call.Pace;
import dev.weft.guard.DeadlineLayer;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Policy;
import dev.weft.retry.RetryLayer;
import dev.weft.stack.Fit;
import dev.weft.stack.Slot;
import dev.weft.stack.Stackable;
import dev.weft.testkit.FakeTime;
import dev.weft.testkit.Race;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedResolver;
import dev.weft.testkit.ScriptedWire;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Policy changes while calls look for their way: each goes by one whole policy, none by an older one than was in force when
 * it looked, and no chain of an older policy is built once there is one of a newer.
 */
class PolicySwapRaceTest {
    private static final int ROUNDS = 200;
    private static final int CHANGES = 3;
    private static final int CALLS = 30;

    private final FakeTime time = new FakeTime();
    private final ScriptedPolicySource source = new ScriptedPolicySource();
    private final Numbered numbered = new Numbered();

    @Test
    void eachCallGoesByOnePolicyAndNoneByAnOlderOneThanItCouldSee() {
        ScriptedResolver resolver = new ScriptedResolver();
        resolver.serve("inventory", "10.0.0.1:80");
        AtomicInteger number = new AtomicInteger();
        try (Mesh mesh = Mesh.builder()
                .time(time)
                .random(new Random(42))
                .drain(Duration.ofMillis(1))
                .resolver(resolver)
                .policy(source)
                .stack(stack -> stack.before(Slot.RETRY, numbered))
                .start()) {
            MeshClient<String> client = mesh.client(new ScriptedWire<>("stock"));
            says(0);
            Race.rounds(ROUNDS, () -> {
                int now = number.addAndGet(CHANGES);
                return Race.of(
                        () -> assertThat(number(route(client).policy())).isEqualTo(now),
                        () -> changes(now - CHANGES, now),
                        () -> calls(mesh, client),
                        () -> calls(mesh, client));
            });
        }
        assertThat(numbered.faults).isEmpty();
    }

    private void changes(int last, int to) {
        for (int next = last + 1; next <= to; next++) {
            says(next);
        }
    }

    /** One number in two places. */
    private void says(int number) {
        source.says("weft: 1\ndefaults: {deadline: {total: " + (1_000 + number) + "ms}, retry: {budget: {perSecond: "
                + number + "}}}");
    }

    private static int number(Policy policy) {
        int number = policy.get(RetryLayer.BUDGET_PER_SECOND);
        assertThat(policy.get(DeadlineLayer.TOTAL)).isEqualTo(Duration.ofMillis(1_000 + number));
        return number;
    }

    private static Route<String> route(MeshClient<String> client) {
        return client.route("inventory", "GET", "/items", LayerValues.NONE);
    }

    private void calls(Mesh mesh, MeshClient<String> client) {
        for (int i = 0; i < CALLS; i++) {
            int inForce = number(mesh.policy().current().service("inventory").policy(-1, LayerValues.NONE));
            Route<String> route = route(client);
            assertThat(number(route.policy())).isGreaterThanOrEqualTo(inForce);
            Call call = route.newCall("request", Pace.blocking(time), Context.root());
            route.send(call);
            assertThat(call.fate()).isEqualTo(Fate.SUCCESS);
        }
    }

    /** Its filters know the policy that they were made for. */
    private static final class Numbered implements Stackable {
        final Queue<String> faults = new ConcurrentLinkedQueue<>();
        private final AtomicInteger newest = new AtomicInteger();
        private final AtomicInteger building = new AtomicInteger();

        @Override
        public String name() {
            return "numbered";
        }

        @Override
        @SuppressWarnings("ThreadPriorityCheck") // who else builds is to come upon it
        public <R> Filter<R> filter(Fit<R> fit) {
            if (building.incrementAndGet() > 1) {
                faults.add("two chains are built at once");
            }
            int own = number(fit.policy());
            int before = newest.getAndSet(own);
            if (before > own) {
                faults.add("a chain of policy " + own + " is built after one of " + before);
            }
            Thread.yield();
            building.decrementAndGet();
            return (call, next) -> {
                if (number(call.policy()) != own) {
                    faults.add("a call under " + number(call.policy()) + " goes down the chain of " + own);
                }
                return next.call(call);
            };
        }
    }
}
