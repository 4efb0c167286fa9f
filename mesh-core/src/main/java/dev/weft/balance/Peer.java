package dev.weft.balance;

/**
 * Which of the clients of a service this process is.
 *
 * @param index from 0
 * @param peers how many clients there are
 */
record Peer(int index, int peers) {
    /** Nobody has said. */
    static final Peer UNKNOWN = new Peer(0, 0);
}
