package dev.weft.bench.faults.peers;

import dev.weft.bench.faults.scenario.Start;
import dev.weft.call.Criticality;

/** A client that is compared. Thread-safe. */
public interface Peer extends AutoCloseable {
    /** Sends a request. Returns at once, whatever becomes of it. */
    void call(Criticality level, Done done);

    /** The run begins: for those whom discovery tells things. */
    default void begin(Start start) {}

    /** Connects that were refused so far; 0 where it does not know. */
    default long refused() {
        return 0;
    }

    @Override
    void close();

    /** How a request ended. */
    enum Ending {
        OK,
        FAILED,
        /** Refused on this side, not sent. */
        REJECTED
    }

    /** Who waits for the end. */
    interface Done {
        void done(Ending ending);
    }
}
