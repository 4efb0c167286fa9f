package dev.weft.endpoint;

import java.util.List;

/**
 * Who of a service's nodes takes part, by discovery's word and this process's own checks. Weight 0 takes no part while another node of any
 * weight stays; where all weights are 0 they say nothing.
 *
 * @param staying those of weight that are not leaving
 * @param able those of them that are not unhealthy: who takes traffic, were nobody ejected
 */
public record Roster(List<Node> staying, List<Node> able) {
    public static Roster of(List<Node> all) {
        if (allTake(all)) {
            return new Roster(all, all);
        }
        List<Node> staying =
                all.stream().filter(node -> node.health() != Health.DRAINING).toList();
        List<Node> weighty =
                staying.stream().filter(node -> node.endpoint().weight() > 0).toList();
        List<Node> taking = weighty.isEmpty() ? staying : weighty;
        return new Roster(
                taking,
                taking.stream()
                        .filter(node -> node.health() != Health.UNHEALTHY)
                        .toList());
    }

    /** As is usual: then nothing has to be sorted out, at each of many ejections. */
    private static boolean allTake(List<Node> all) {
        for (Node node : all) {
            if (node.endpoint().weight() == 0 || node.health().compareTo(Health.UNHEALTHY) >= 0) {
                return false;
            }
        }
        return true;
    }
}
