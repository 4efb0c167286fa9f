package dev.weft.dns;

/**
 * An answer and how long it is held.
 *
 * @param untilNanos on the monotonic clock, ahead of the end of its TTL
 */
record Held(DnsAnswer answer, long untilNanos) {
    /** The same, for no longer than the alias that led here. */
    Held within(Held alias) {
        return new Held(answer, earlier(untilNanos, alias.untilNanos));
    }

    static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }
}
