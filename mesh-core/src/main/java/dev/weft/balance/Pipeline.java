package dev.weft.balance;

import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.policy.Setting;
import dev.weft.policy.SettingTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from all nodes of a service to those that pickers choose from: who may be picked at all, by priority; which part
 * of the calls stays in which zone; and which nodes this process uses. Run at each change, not at picks. Immutable but for
 * what zones usually have.
 *
 * @param panicShare below this share of available nodes all are used; 0 switches panic off
 * @param zones null where zones make no difference
 */
record Pipeline(
        double panicShare, Ranking ranking, @Nullable Zones zones, Subset subset) {
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

    /** All that may be picked are used alike. */
    static Pipeline of(double panicShare) {
        return of(panicShare, Subset.OFF);
    }

    static Pipeline of(double panicShare, Subset subset) {
        return new Pipeline(panicShare, Ranking.NONE, null, subset);
    }

    /** @param usual asked for where zones matter */
    static Pipeline of(Policy policy, Spares spares, Supplier<Usual> usual) {
        String own = policy.get(Zones.OWN);
        // A key belongs to one endpoint, wherever the caller is.
        boolean zoned = !own.equals(Zones.OWN.builtIn())
                && !policy.get(BalanceLayer.KIND).byKey();
        return new Pipeline(
                policy.get(PANIC),
                new Ranking(own, policy.get(Ranking.ORDER)),
                zoned ? new Zones(own, Zones.parse(policy.get(Zones.CALLERS)), usual.get()) : null,
                subset(policy.get(SUBSET), policy.get(INSTANCE), spares));
    }

    private static Subset subset(int size, Peer peer, Spares spares) {
        if (size == 0) {
            return Subset.OFF;
        }
        return peer.equals(Peer.UNKNOWN) ? new Rendezvous(size, spares.seed()) : new Aperture(size, peer);
    }

    Selection select(List<Node> all) {
        List<Level> levels = Level.of(all, ranking, panicShare);
        Map<String, Double> callers = zones == null ? Map.of() : zones.callers(all);
        List<Group> used = new ArrayList<>();
        for (Level level : levels) {
            List<Group> groups = zones == null ? List.of(Group.of(level)) : zones.split(level, callers);
            groups.forEach(group -> used.add(new Group(group.part(), subset.of(group.shares(), group.part()))));
        }
        boolean panic = levels.stream().anyMatch(level -> level.candidates().panic());
        boolean one = levels.size() == 1 && levels.get(0).nodes().size() == all.size();
        List<Node> able = one && !panic
                ? levels.get(0).candidates().nodes()
                : Candidates.of(all, 0).nodes();
        return new Selection(able, used, panic);
    }

    /** Where calls may go whose own part of the nodes is in trouble: to those of other zones as well, but not beyond the subset. */
    @SuppressWarnings("ReferenceEquality") // it is that one, or another
    List<Node> others(Selection selection) {
        return subset == Subset.OFF
                ? selection.able()
                : selection.used().stream()
                        .flatMap(group -> group.shares().stream())
                        .map(Share::node)
                        .toList();
    }

    // Written out: a start needs it, and would have to link the compiler's (0146).
    @Override
    public int hashCode() {
        return Objects.hash(panicShare, ranking, zones, subset);
    }

    /**
     * What came of it.
     *
     * @param able who may be picked
     * @param used those of them that are; none where nobody may
     * @param panic whether the panic threshold was passed
     */
    record Selection(List<Node> able, List<Group> used, boolean panic) {}
}
