package dev.weft.balance;

import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.util.List;

/**
 * The way from all nodes of a service to those that a picker chooses from: who may be picked at all, and which of them
 * this process uses. Run at each change, not at picks. Immutable.
 *
 * @param panicShare below this share of available nodes all are used; 0 switches panic off
 */
record Pipeline(double panicShare, Subset subset) {
    static final Setting<Double> PANIC = Setting.service(
            "balancer.panic",
            SettingTypes.ratio(0, 1),
            0.5,
            "When less than this share of the endpoints is available, all are used, sick ones too; 0 never.");
    static final Setting<Integer> SUBSET = Setting.service(
            "balancer.subset.size",
            SettingTypes.countOrOff(1, 100_000),
            0,
            "How many of the endpoints this process uses; it connects to no others.");
    static final Setting<Peer> INSTANCE = Setting.service(
            "balancer.subset.instance",
            new PeerType(),
            Peer.UNKNOWN,
            "Which of the callers of the service this process is, counted from 0, and of how many, such as 3/40: then all"
                    + " endpoints get the same number of callers. Set by the application; unknown leaves it to chance.");

    /** All that may be picked are used. */
    static Pipeline of(double panicShare) {
        return new Pipeline(panicShare, Subset.OFF);
    }

    static Pipeline of(Policy policy, Spares spares) {
        return new Pipeline(policy.get(PANIC), subset(policy.get(SUBSET), policy.get(INSTANCE), spares));
    }

    private static Subset subset(int size, Peer peer, Spares spares) {
        if (size == 0) {
            return Subset.OFF;
        }
        return peer.equals(Peer.UNKNOWN) ? new Rendezvous(size, spares.seed()) : new Aperture(size, peer);
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
