package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.Linearizable;
import dev.weft.time.Time;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SwapLinearizableTest {
    @Test
    void picksAreOfTheListInForceAndTheLastOneToldHolds() {
        Linearizable.checkPairs(Shared.class);
    }

    /** Lists of one each, so that it can be told of which a pick is. */
    public static class Shared {
        private final Later time = new Later();
        private final Call attempt =
                new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root()).newAttempt();
        private final Cluster cluster = new Cluster("inventory", time);
        private final Members members;

        public Shared() {
            cluster.endpoints(list(1));
            this.members = new Members(
                    cluster,
                    time,
                    new Random(2),
                    BalancerKind.ROUND_ROBIN.balancer(new Tuning(1_000_000_000, new SlowStart(0), new Random(1))),
                    Pipeline.of(0.5),
                    new Spares(new Random(1)),
                    null);
        }

        private static List<Endpoint> list(int number) {
            return List.of(Endpoint.of("10.0.0." + number, 80));
        }

        private @Nullable String picked() {
            Node node = members.pick(attempt);
            return node == null ? null : node.address();
        }

        @Operation
        public void second() {
            cluster.endpoints(list(2));
        }

        @Operation
        public void third() {
            cluster.endpoints(list(3));
        }

        @Operation
        public boolean somebody() {
            return picked() != null;
        }

        /** What was told while another was built comes after it, by a timer. */
        @Validate
        public void inStep() {
            time.runAll();
            List<Node> told = cluster.nodes();
            if (told.size() != 1 || !told.get(0).address().equals(picked())) {
                throw new AssertionError(picked() + " is picked of " + told);
            }
        }
    }

    /** Does what is to be done by a timer when it is told to. */
    private static final class Later implements Time {
        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public Scheduled after(long delayNanos, Runnable task) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        @Override
        public void park(BooleanSupplier done, long untilNanos) {
            throw new UnsupportedOperationException("nobody waits here");
        }

        void runAll() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }
}
