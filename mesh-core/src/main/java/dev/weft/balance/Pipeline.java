package dev.weft.balance;

import dev.weft.endpoint.Node;
import java.util.List;

/**
 * The way from all nodes of a service to those that a picker chooses from: who may be picked at all, and which of them
 * this process uses. Run at each change, not at picks. Immutable.
 *
 * @param panicShare below this share of available nodes all are used; 0 switches panic off
 */
record Pipeline(double panicShare, Subset subset) {
    /** All that may be picked are used. */
    static Pipeline of(double panicShare) {
        return new Pipeline(panicShare, Subset.OFF);
    }

    Selection select(List<Node> all) {
        Candidates candidates = Candidates.of(all, panicShare);
        List<Share> shares = Share.of(candidates.nodes());
        return new Selection(candidates.nodes(), shares.isEmpty() ? shares : subset.of(shares, 1), candidates.panic());
    }

    /**
     * What came of it.
     *
     * @param able who may be picked; empty where nobody may
     * @param used those of them that are
     * @param panic whether the panic threshold was passed
     */
    record Selection(List<Node> able, List<Share> used, boolean panic) {}
}
