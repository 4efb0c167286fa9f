package dev.weft.balance;

/**
 * Whose turn it is of those who have theirs one after the other. Threads that meet here lose a turn, no more: no word of the
 * hot path is written atomically.
 */
final class Turn {
    /** It begins anywhere: a list that changes often is not always walked from its start. */
    private static final int ANYBODY = -1;

    private int last = ANYBODY;

    /**
     * The next one's.
     *
     * @param first whose it is where nobody had any
     * @param size of how many
     * @return 0 to {@code size} - 1
     */
    int next(int first, int size) {
        // Read once: between two looks another thread may have come to the end.
        int before = last;
        int next = before == ANYBODY ? first : before + 1 == size ? 0 : before + 1;
        last = next;
        return next;
    }
}
