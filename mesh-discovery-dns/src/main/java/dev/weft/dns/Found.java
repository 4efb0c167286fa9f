package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import java.util.List;

/**
 * What a look-up came to.
 *
 * @param endpoints in the order of their addresses, so that an answer in another order is the same list
 * @param ttl seconds for which it holds, as the records say
 * @param absent why there are none; empty where there are some
 * @param missing why some may be missing; empty where all are there
 */
record Found(List<Endpoint> endpoints, long ttl, String absent, String missing) {
    static Found none(long ttl, String absent) {
        return new Found(List.of(), ttl, absent, "");
    }
}
