package dev.weft.testkit;

import dev.weft.endpoint.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a transport keeps for nodes, connections say, and whether it was closed while it was used, more than once, or not
 * at all. Thread-safe.
 */
public final class Kept {
    private final List<One> made = new ArrayList<>();

    /** Uses what is kept for the node, within an attempt or a check; whether it was open all the while. */
    public boolean use(Node node) {
        return node.resource(this, this::make).closed == 0;
    }

    private synchronized One make(Node node) {
        One one = new One(node);
        made.add(one);
        return one;
    }

    /** To be called when nothing is under way: for each of these one thing at most is open, and for no other node any. */
    public void assertOpenOnlyFor(Collection<Node> staying) {
        List<Node> mayBe = new ArrayList<>(staying);
        for (One one : made) {
            if (one.node.inFlight() != 0) {
                throw new AssertionError(one.node + ": " + one.node.inFlight() + " under way");
            }
            if (one.closed > 1) {
                throw new AssertionError(one.node + ": closed " + one.closed + " times");
            }
            if (one.closed == 0 && !mayBe.remove(one.node)) {
                throw new AssertionError(one.node + ": left open");
            }
        }
    }

    private static final class One implements AutoCloseable {
        private final Node node;
        private volatile int closed;

        One(Node node) {
            this.node = node;
        }

        @Override
        public synchronized void close() {
            closed++;
        }
    }
}
