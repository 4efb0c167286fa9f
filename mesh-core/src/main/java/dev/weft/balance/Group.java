package dev.weft.balance;

import java.util.List;

/**
 * Nodes among which one picker chooses, such as those of a zone.
 *
 * @param part which part of all calls goes to them, above 0
 * @param shares at least one
 */
record Group(double part, List<Share> shares) {
    static Group of(Level level) {
        return new Group(level.part(), Share.of(level.candidates().nodes()));
    }
}
