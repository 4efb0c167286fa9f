package dev.weft.balance;

import dev.weft.endpoint.Health;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.Roster;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of a service's nodes may be picked just now: the healthy, else the degraded; and where too few of all
 * are left, everyone who is not known to be dead (panic), because spreading calls over the sick beats crushing the last
 * who stand.
 *
 * @param nodes who may be picked; empty where nobody can
 * @param panic whether the panic threshold was passed
 * @param availability how many of all are neither sick nor ejected, 0 to 1
 */
record Candidates(List<Node> nodes, boolean panic, double availability) {
    /** @param panicShare below this share of available nodes all are used; 0 switches panic off */
    static Candidates of(List<Node> nodes, double panicShare) {
        Roster roster = Roster.of(nodes);
        List<Node> able = roster.able();
        List<Node> available = new ArrayList<>(able.size());
        boolean degraded = false;
        for (Node node : able) {
            if (!node.standing().ejected()) {
                available.add(node);
                degraded |= node.health() != Health.HEALTHY;
            }
        }
        int all = roster.staying().size();
        double availability = all == 0 ? 0 : (double) available.size() / all;
        if (available.size() < panicShare * all) {
            List<Node> living = roster.staying().stream()
                    .filter(node -> !node.standing().dead())
                    .toList();
            return new Candidates(living.isEmpty() ? roster.staying() : living, true, availability);
        }
        if (!degraded) {
            return new Candidates(available, false, availability);
        }
        List<Node> healthy = available.stream()
                .filter(node -> node.health() == Health.HEALTHY)
                .toList();
        return new Candidates(healthy.isEmpty() ? available : healthy, false, availability);
    }
}
