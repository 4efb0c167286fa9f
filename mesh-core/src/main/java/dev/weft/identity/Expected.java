package dev.weft.identity;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Which peers are welcome.
 *
 * @param ids one of them must match
 * @param service what {@code {service}} in them stands for
 */
record Expected(List<IdPattern> ids, String service) {
    Expected {
        ids = List.copyOf(ids);
    }

    boolean allows(SpiffeId peer, String ownTrustDomain) {
        for (IdPattern id : ids) {
            if (id.matches(peer, ownTrustDomain, service)) {
                return true;
            }
        }
        return false;
    }

    String words(String ownTrustDomain) {
        return ids.stream().map(id -> id.resolved(ownTrustDomain, service)).collect(Collectors.joining(" or "));
    }
}
