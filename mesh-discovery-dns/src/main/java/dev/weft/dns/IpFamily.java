package dev.weft.dns;

import java.util.List;
import org.xbill.DNS.Type;

/** Which addresses of a name are used. */
public enum IpFamily {
    /** Its IPv4 addresses; the IPv6 ones only where it has none. */
    IPV4_FIRST,
    /** Its IPv6 addresses; the IPv4 ones only where it has none. */
    IPV6_FIRST,
    IPV4,
    IPV6,
    /**
     * All of both. The target of an SRV record is one endpoint, and connections to its addresses are raced, IPv6 first.
     * The addresses of a name do not tell which belong to one instance: each is an endpoint, and an instance that has
     * two counts twice.
     */
    BOTH;

    /** The groups of record types to ask for, in order; a later one counts where the ones before it are absent. */
    List<List<Integer>> groups() {
        return switch (this) {
            case IPV4_FIRST -> List.of(List.of(Type.A), List.of(Type.AAAA));
            case IPV6_FIRST -> List.of(List.of(Type.AAAA), List.of(Type.A));
            case IPV4 -> List.of(List.of(Type.A));
            case IPV6 -> List.of(List.of(Type.AAAA));
            case BOTH -> List.of(List.of(Type.A, Type.AAAA));
        };
    }
}
