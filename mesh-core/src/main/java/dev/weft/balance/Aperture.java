package dev.weft.balance;

import java.util.ArrayList;
import java.util.List;

/**
 * The nodes in this process's window on a ring (Finagle's deterministic aperture). All clients see the nodes in the same
 * order around the ring, each with an arc as long as its weight; the windows of the clients, which know how many they are
 * and which of them they are, begin at equal distances and are a whole number of distances long. So every point of the
 * ring is seen by the same number of clients and load is even, however many nodes and clients there are. A node at the
 * edge of the window has as much weight as can be seen of it.
 */
record Aperture(int size, Peer peer) implements Subset {
    /** What is seen less of a node, or more, is rounding. */
    private static final double LEAST = 1e-6;

    @Override
    public List<Share> of(List<Share> shares, double part) {
        int wanted = Subset.size(size, part);
        if (shares.size() <= wanted) {
            return shares;
        }
        double unit = 1.0 / peer.peers();
        double width = Math.ceil((double) wanted / shares.size() / unit - LEAST) * unit;
        return width >= 1 ? shares : window(shares, peer.index() * unit, width);
    }

    private static List<Share> window(List<Share> shares, double from, double width) {
        double whole = shares.stream().mapToDouble(Share::weight).sum();
        List<Share> seen = new ArrayList<>();
        double at = 0;
        for (Rendezvous.Ranked node : Rendezvous.Ranked.order(shares, 0)) {
            double weight = node.share().weight();
            double arc = weight / whole;
            // The window may reach beyond the ring's end and begin anew at its start.
            double visible = overlap(at, arc, from, width) + overlap(at + 1, arc, from, width);
            double part = visible / arc;
            if (part > 1 - LEAST) {
                seen.add(node.share());
            } else if (part > LEAST) {
                seen.add(new Share(node.share().node(), weight * part));
            }
            at += arc;
        }
        return seen;
    }

    private static double overlap(double at, double arc, double from, double width) {
        return Math.max(0, Math.min(at + arc, from + width) - Math.max(at, from));
    }
}
