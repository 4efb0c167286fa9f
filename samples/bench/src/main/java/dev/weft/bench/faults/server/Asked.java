package dev.weft.bench.faults.server;

/** A request that wants an answer. */
interface Asked {
    /** Answers with a status as HTTP has it. On the replica's thread. */
    void answer(int status);

    /** Whether it is a check of health, and so no attempt at anything. */
    default boolean check() {
        return false;
    }

    /** Whether somebody still waits for the answer. */
    boolean wanted();
}
