package dev.weft.simulator.scenario;

import java.util.List;

/**
 * What befalls some servers for some time.
 *
 * @param kind what it is
 * @param atNanos since the world began
 * @param forNanos until a server is well again
 * @param whom the group or zone that it befalls
 * @param servers the servers, by their number in the fleet, from 0
 * @param share slow, fail, reset and vanish: the share of requests that it concerns
 * @param timeNanos slow and fail: how long each takes; 0 for a failure at once
 * @param growth slow: the share by which that grows each second
 * @param status fail: what is answered
 * @param retryAfterNanos fail: when the caller is told to come again; negative where it is not
 * @param everyNanos from one server to the next
 * @param newsNanos die and drain: how long after the fault, and after its end, discovery tells; of a drain how long
 *     before; negative where it never does
 */
public record Fault(
        Kind kind,
        long atNanos,
        long forNanos,
        String whom,
        List<Integer> servers,
        double share,
        long timeNanos,
        double growth,
        int status,
        long retryAfterNanos,
        long everyNanos,
        long newsNanos) {
    private static final double SECOND_NANOS = 1e9;

    /** What can happen to a server. */
    public enum Kind {
        /** Requests take longer. */
        SLOW,
        /** Requests are answered with an error. */
        FAIL,
        /** Connections break with what was sent over them. */
        RESET,
        /** The process stands still: requests are accepted and wait until it goes on. */
        HANG,
        /** The network loses what goes to and from it. */
        VANISH,
        /** The process is gone: connections break and connects are refused. */
        DIE,
        /** It refuses connects and finishes what it has. */
        DRAIN,
        /** Discovery does not name it, though it is well. */
        FORGET
    }

    /** How long a request takes that it concerns, so long after it befell the server. */
    public long takesNanos(long sinceNanos) {
        // StrictMath: the same bits on every machine.
        return growth == 0 ? timeNanos : (long) (timeNanos * StrictMath.pow(1 + growth, sinceNanos / SECOND_NANOS));
    }

    /** The same again, so much later. */
    Fault later(long nanos) {
        return with(atNanos + nanos, servers);
    }

    /** The same for other servers. */
    Fault with(List<Integer> others) {
        return with(atNanos, others);
    }

    private Fault with(long when, List<Integer> others) {
        return new Fault(
                kind,
                when,
                forNanos,
                whom,
                others,
                share,
                timeNanos,
                growth,
                status,
                retryAfterNanos,
                everyNanos,
                newsNanos);
    }

    /** When it befalls the first, second ... of its servers. */
    public long fromNanos(int index) {
        return atNanos + index * everyNanos;
    }

    /** When that one is well again. */
    public long untilNanos(int index) {
        return fromNanos(index) + forNanos;
    }

    /** When the last of them is. */
    public long endNanos() {
        return untilNanos(servers.size() - 1);
    }

    /** Whether some server would be befallen by both at once. */
    boolean overlaps(Fault other) {
        for (int i = 0; i < servers.size(); i++) {
            int j = other.servers.indexOf(servers.get(i));
            if (j >= 0 && fromNanos(i) < other.untilNanos(j) && other.fromNanos(j) < untilNanos(i)) {
                return true;
            }
        }
        return false;
    }
}
