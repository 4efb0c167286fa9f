package dev.weft.bench.faults.server;

import java.io.IOException;

/** The port of a replica and what is spoken there. For one thread, which is not the replica's. */
interface Front extends AutoCloseable {
    /** Listens, at first and after {@link #die} or {@link #drain}. */
    void open() throws IOException;

    /** As when the process is killed: connections break, connects are refused. */
    void die();

    /** As when it is told to go: connects are refused, what is under way is finished, connections are said goodbye to. */
    void drain();

    @Override
    default void close() {
        die();
    }
}
