package dev.weft.balance;

import dev.weft.call.Cancellable;
import dev.weft.call.Prober;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.LoadSignal;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.Linearizable;
import dev.weft.testkit.RungTime;
import dev.weft.testkit.StillTime;
import dev.weft.time.Time;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How {@code prequal} asks a node, while others say that the question is over. */
class PrequalLinearizableTest {
    private static final Time STILL = new StillTime();
    private static final Policy POLICY = Policy.builtIn("inventory");

    @Test
    void inWhateverOrderThreadsTakeTurns() {
        Linearizable.check(Asking.class);
    }

    private static Node node() {
        Cluster cluster = new Cluster("inventory", STILL);
        cluster.endpoints(List.of(Endpoint.of("10.0.0.1", 80)));
        return cluster.nodes().get(0);
    }

    /** A node is asked by one question at a time, which ends once, however many say that it is over. */
    public static class Asking {
        private final RungTime time = new RungTime();
        private final Node node = node();
        private final Sounding sounding = Sounding.of(node);
        private final Listening prober = new Listening();
        private final Sounding.Asker asker = new Sounding.Asker(prober, POLICY, time);

        @Operation
        public void ask() {
            sounding.ask(asker, 1, 0, () -> {});
        }

        @Operation
        public void answer() {
            Prober.LoadListener listener = prober.listener;
            if (listener != null) {
                listener.answered(new LoadSignal(0, 1));
            }
        }

        @Operation
        public void fail() {
            Prober.LoadListener listener = prober.listener;
            if (listener != null) {
                listener.unanswered();
            }
        }

        @Operation
        public void giveUp() {
            time.ring();
        }

        @Validate
        public void nothingIsLeftWhenAllIsOver() {
            giveUp();
            if (asker.underWay() != 0) {
                throw new AssertionError(asker.underWay() + " questions are under way");
            }
        }
    }

    /** Whom to tell; of one node there is one at most. */
    private static final class Listening implements LoadProber {
        volatile @Nullable LoadListener listener;

        @Override
        public Cancellable askLoad(Node node, Policy policy, long timeoutNanos, LoadListener listener) {
            this.listener = listener;
            return () -> {};
        }
    }
}
