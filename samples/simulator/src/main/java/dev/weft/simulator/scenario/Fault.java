package dev.weft.simulator.scenario;

/**
 * What befalls some servers for some time.
 *
 * @param kind what it is
 * @param atNanos since the world began
 * @param forNanos until they are well again
 * @param group whom it befalls
 * @param servers how many of the group
 * @param timeNanos slow: how long each request takes
 * @param status fail: what is answered
 * @param share fail: the share of requests that fail
 * @param everyNanos drain: from the first server to the next
 * @param newsNanos die and drain: how long after the fault, and after its end, discovery tells; negative for never. Of a
 *     drain it is how long before it
 */
public record Fault(
        Kind kind,
        long atNanos,
        long forNanos,
        String group,
        int servers,
        long timeNanos,
        int status,
        double share,
        long everyNanos,
        long newsNanos) {
    /** What can happen to a server. */
    public enum Kind {
        /** Each request takes longer. */
        SLOW,
        /** Requests are answered with an error at once. */
        FAIL,
        /** Requests are accepted and never answered. */
        HANG,
        /** The process is gone: connections break and connects are refused. */
        DIE,
        /** One after the other stops taking requests, finishes those that it has, and is back later. */
        DRAIN
    }

    /** When the last of its servers is well again. */
    public long endNanos() {
        return atNanos + everyNanos * (servers - 1) + forNanos;
    }
}
