package dev.weft.testkit;

import dev.weft.rate.RateShares;

/** Cannot lend anything: somebody's own source of shares, with a fault. */
public final class NoShares implements RateShares {
    @Override
    public Lease lease(String limit, Party party) {
        throw new IllegalStateException("no shares of " + limit);
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
