package dev.weft.balance;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.Linearizable;
import dev.weft.testkit.RungTime;
import io.opentelemetry.context.Context;
import java.util.List;
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
        private final RungTime time = new RungTime();
        private final Call attempt =
                new Call("request", Policy.builtIn("inventory"), Pace.blocking(time), Context.root()).newAttempt();
        private final Cluster cluster = new Cluster("inventory", time);
        private final Members members;

        public Shared() {
            cluster.endpoints(list(1));
            this.members = MembersTest.inTurn(cluster, time, null);
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
            time.ring();
            List<Node> told = cluster.nodes();
            if (told.size() != 1 || !told.get(0).address().equals(picked())) {
                throw new AssertionError(picked() + " is picked of " + told);
            }
        }
    }
}
