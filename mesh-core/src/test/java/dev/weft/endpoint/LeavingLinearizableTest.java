package dev.weft.endpoint;

import dev.weft.testkit.Kept;
import dev.weft.testkit.Linearizable;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * A node leaves, or is spare for a while, with attempts and checks under way or about to begin: what a transport keeps for
 * it is made once, closed once, and not while it is used.
 */
class LeavingLinearizableTest {
    @Test
    void inWhateverOrderThreadsTakeTurns() {
        Linearizable.check(Leaving.class);
    }

    /** A node, of which two threads know. */
    public static class Leaving {
        private final Node node = new Node("inventory", Endpoint.of("10.0.0.1", 80), 0);
        private final Kept kept = new Kept();

        @Operation
        public boolean call() {
            node.attemptStarted();
            boolean open = kept.use(node);
            node.attemptEnded();
            return open;
        }

        @Operation
        public boolean check() {
            node.checkStarted();
            boolean open = kept.use(node);
            node.checkEnded();
            return open;
        }

        @Operation
        public void remove() {
            node.remove();
        }

        @Operation
        public void spare() {
            node.spare(true);
            node.closeUnused();
        }

        @Validate
        public void nothingIsLeft() {
            kept.assertOpenOnlyFor(node.removed() || node.spare() ? List.of() : List.of(node));
        }
    }
}
