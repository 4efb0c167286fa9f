package dev.weft.dns;

import dev.weft.endpoint.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a look-up came to.
 *
 * @param endpoints that can be called, in the order of their addresses, so that an answer in another order is the same list
 * @param untilNanos when the first of the answers it is made from is to be asked for again
 * @param absent why there are none; empty where there are some
 * @param partly those of which not all addresses could be learnt; some that have none yet are not among the endpoints
 * @param missing why; empty where there are none of that kind
 */
record Found(List<Endpoint> endpoints, long untilNanos, String absent, List<Endpoint> partly, String missing) {
    static Found none(long untilNanos, String absent) {
        return new Found(List.of(), untilNanos, absent, List.of(), "");
    }

    /** These, where what could not be learnt of one is as it was in {@code before}. */
    List<Endpoint> over(List<Endpoint> before) {
        if (partly.isEmpty() || before.isEmpty()) {
            return endpoints;
        }
        Map<String, Endpoint> known = new TreeMap<>();
        before.forEach(endpoint -> known.put(endpoint.address(), endpoint));
        Map<String, Endpoint> all = new TreeMap<>();
        endpoints.forEach(endpoint -> all.put(endpoint.address(), endpoint));
        for (Endpoint part : partly) {
            Endpoint old = known.get(part.address());
            if (old != null) {
                all.put(part.address(), part.withAddresses(old.addresses()));
            }
        }
        return List.copyOf(all.values());
    }
}
