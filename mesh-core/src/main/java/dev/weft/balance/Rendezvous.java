package dev.weft.balance;

import java.util.Arrays;
import java.util.List;

/**
 * The nodes whose address, hashed with a seed of the process's own, comes first (gRFC A68; rendezvous hashing): for each
 * node that comes or goes at most one other goes or comes. Clients choose independently of each other, so that a server
 * has as many of them as chance brings: of 1,000 clients with 100 servers each up to a third more than the mean.
 */
record Rendezvous(int size, long seed) implements Subset {
    @Override
    public List<Share> of(List<Share> shares, double part) {
        int wanted = Subset.size(size, part);
        if (shares.size() <= wanted) {
            return shares;
        }
        return Arrays.stream(Ranked.order(shares, seed), 0, wanted)
                .map(Ranked::share)
                .toList();
    }

    /** A node and its place in an order that only its address decides. */
    record Ranked(Share share, long hash) implements Comparable<Ranked> {
        static Ranked[] order(List<Share> shares, long seed) {
            Ranked[] ranked = shares.stream()
                    .map(share -> new Ranked(share, XxHash64.of(share.node().address(), seed)))
                    .toArray(Ranked[]::new);
            Arrays.sort(ranked);
            return ranked;
        }

        @Override
        public int compareTo(Ranked other) {
            int byHash = Long.compare(hash, other.hash);
            return byHash != 0
                    ? byHash
                    : share.node().address().compareTo(other.share.node().address());
        }
    }
}
