package dev.weft.balance;

import java.util.List;

/**
 * Which of the nodes this process uses at all, so that not every client holds a connection to every server. Worked out
 * from those that may be picked just now: whoever is ejected or sick is replaced by another.
 */
@FunctionalInterface
interface Subset {
    /** All of them. */
    Subset OFF = (shares, part) -> shares;

    /**
     * Those that are used, at least one; a node that is used in part has a part of its weight.
     *
     * @param shares at least one
     * @param part how much of the calls goes to these nodes, above 0, at most 1: so much of the subset's size is theirs
     */
    List<Share> of(List<Share> shares, double part);

    /** How many nodes that makes. */
    static int size(int whole, double part) {
        return Math.max(1, (int) Math.ceil(whole * part - 1e-9));
    }
}
