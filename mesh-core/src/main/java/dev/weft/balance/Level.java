package dev.weft.balance;

import dev.weft.endpoint.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * The nodes of one priority and which part of the calls goes to them (Envoy's priority levels): all to the first, until
 * fewer than 5 of 7 of it are available; what it cannot take goes to the next.
 *
 * @param part of all calls, above 0
 * @param nodes all of this priority
 * @param candidates those of them that may be picked, at least one
 */
record Level(double part, List<Node> nodes, Candidates candidates) {
    /** A level is taken to manage with so much less of itself. */
    private static final double OVERPROVISIONED = 1.4;

    /** @param rank of a node, the lowest first */
    static List<Level> of(List<Node> all, ToIntFunction<Node> rank, double panicShare) {
        if (alike(all, rank)) {
            Candidates candidates = Candidates.of(all, panicShare);
            return candidates.nodes().isEmpty() ? List.of() : List.of(new Level(1, all, candidates));
        }
        TreeMap<Integer, List<Node>> byRank = new TreeMap<>();
        all.forEach(node -> byRank.computeIfAbsent(rank.applyAsInt(node), r -> new ArrayList<>())
                .add(node));
        double sum = 0;
        for (List<Node> nodes : byRank.values()) {
            sum += health(Candidates.of(nodes, 0));
        }
        // Only where all levels together are too few does a level take to its sick.
        double panic = sum < 1 ? panicShare : 0;
        double total = Math.min(1, sum);
        double left = 1;
        List<Level> levels = new ArrayList<>();
        for (List<Node> nodes : byRank.values()) {
            Candidates candidates = Candidates.of(nodes, panic);
            double part = total == 0 ? left : Math.min(left, health(candidates) / total);
            if (part > 0 && !candidates.nodes().isEmpty()) {
                levels.add(new Level(part, nodes, candidates));
                left -= part;
            }
        }
        return levels;
    }

    private static boolean alike(List<Node> all, ToIntFunction<Node> rank) {
        int first = all.isEmpty() ? 0 : rank.applyAsInt(all.get(0));
        for (Node node : all) {
            if (rank.applyAsInt(node) != first) {
                return false;
            }
        }
        return true;
    }

    private static double health(Candidates candidates) {
        return Math.min(1, OVERPROVISIONED * candidates.availability());
    }
}
