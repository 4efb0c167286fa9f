package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import java.util.List;

/**
 * What a look-up came to.
 *
 * @param endpoints in the order of their addresses, so that an answer in another order is the same list
 * @param untilNanos when the first of the answers it is made from is to be asked for again
 * @param absent why there are none; empty where there are some
 * @param missing why some may be missing; empty where all are there
 */
record Found(List<Endpoint> endpoints, long untilNanos, String absent, String missing) {
    static Found none(long untilNanos, String absent) {
        return new Found(List.of(), untilNanos, absent, "");
    }
}
