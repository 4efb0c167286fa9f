package dev.weft.rate;

/**
 * Divides limits among all processes that they hold for together: each gets a share, more where it is asked more. The shares
 * of one limit come to no more than 1, but for moments; what an implementation promises of those it says itself.
 * Thread-safe; the mesh closes it.
 */
public interface RateShares extends AutoCloseable {
    /**
     * Has {@code party} take part in a limit, from now on and until the lease is closed or nobody holds the party any more.
     * Does not block; tells the party its first share before it returns.
     *
     * @param limit its name, the same in all processes; letters, digits and {@code . _ - /}
     */
    Lease lease(String limit, Party party);

    /** Gives all shares back. */
    @Override
    void close();

    /** One process's part in a limit. */
    interface Party {
        /** How often it was asked so far, whatever it answered. */
        long asked();

        /** Its share from now on: more than 0, at most 1. */
        void share(double share);
    }

    /** Holds a share until it is closed. */
    @FunctionalInterface
    interface Lease extends AutoCloseable {
        @Override
        void close();
    }
}
