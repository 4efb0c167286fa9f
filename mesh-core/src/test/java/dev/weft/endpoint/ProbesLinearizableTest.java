package dev.weft.endpoint;

import dev.weft.testkit.Linearizable;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** Whatever callers do at once about the probes of ejected nodes: one probe each, none lost, none held for ever. */
class ProbesLinearizableTest {
    @Test
    void inWhateverOrderThreadsTakeTurns() {
        Linearizable.check(Probing.class);
    }

    /** Two nodes of three are out and due, and two callers probe, now or so much later that claims have lapsed. */
    @Param(name = "node", gen = IntGen.class, conf = "0:1")
    @Param(name = "caller", gen = IntGen.class, conf = "0:1")
    @Param(name = "minutes", gen = IntGen.class, conf = "0:1")
    public static class Probing {
        private static final long LATER_NANOS = 61_000_000_000L;

        private final Cluster cluster = LinearizableTest.cluster();
        private final Ejections ejections = cluster.ejections();
        private final List<Node> nodes = cluster.nodes();
        private final List<Object> callers = List.of("Ann", "Bob");

        public Probing() {
            ejections.eject(nodes.get(0), 0, true);
            ejections.eject(nodes.get(1), 0, true);
        }

        @Operation
        public int claim(@Param(name = "caller") int caller, @Param(name = "minutes") int minutes) {
            Node node = ejections.claimProbe(callers.get(caller), true, minutes * LATER_NANOS);
            return nodes.indexOf(node);
        }

        @Operation
        public void release(@Param(name = "node") int node, @Param(name = "caller") int caller) {
            ejections.releaseProbe(nodes.get(node), callers.get(caller), false);
        }

        @Operation
        public boolean keepOut(@Param(name = "node") int node, @Param(name = "caller") int caller) {
            return ejections.keepOut(nodes.get(node), callers.get(caller), 0, true);
        }

        @Operation
        public boolean readmit(@Param(name = "node") int node) {
            return ejections.readmit(nodes.get(node));
        }

        @Operation
        public boolean eject(@Param(name = "node") int node) {
            return ejections.eject(nodes.get(node), 0, true);
        }
    }
}
