package dev.weft.balance;

import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Roster;
import java.util.List;

/**
 * Which of a service's nodes may be picked just now: the healthy, else the degraded; and where too few of all
 * are left, everyone who is not known to be dead (panic), because spreading calls over the sick beats crushing the last
 * who stand.
 *
 * @param nodes who may be picked; empty where nobody can
 * @param panic whether the panic threshold was passed
 */
record Candidates(List<Node> nodes, boolean panic) {
    /** @param panicShare below this share of available nodes all are used; 0 switches panic off */
    static Candidates of(List<Node> all, double panicShare) {
        Roster roster = Roster.of(all);
        List<Node> available = roster.able().stream()
                .filter(node -> !node.standing().ejected())
                .toList();
        if (available.size() < panicShare * roster.staying().size()) {
            List<Node> living = roster.staying().stream()
                    .filter(node -> !node.standing().dead())
                    .toList();
            return new Candidates(living.isEmpty() ? roster.staying() : living, true);
        }
        List<Node> healthy = available.stream()
                .filter(node -> node.endpoint().health() == Health.HEALTHY)
                .toList();
        return new Candidates(healthy.isEmpty() ? available : healthy, false);
    }
}
