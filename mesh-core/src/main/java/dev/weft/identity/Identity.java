package dev.weft.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who this process is and whom it can believe: a key, its certificate chain, and the roots of each trust domain.
 * Taken and replaced as a whole, so that the parts always match. Immutable.
 *
 * @param key the private key; never printed
 * @param chain the leaf first, then intermediates; not empty
 * @param roots by trust domain, such as {@code prod.example.org}: every root that may be trusted now
 */
public record Identity(PrivateKey key, List<X509Certificate> chain, Map<String, Set<X509Certificate>> roots) {
    /** @throws IllegalArgumentException when the leaf holds no SPIFFE id, or the key is not the leaf's */
    public Identity {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("an identity needs at least its own certificate");
        }
        chain = List.copyOf(chain);
        roots = roots.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, domain -> Set.copyOf(domain.getValue())));
        SpiffeId.of(chain.get(0));
        if (!KeyPairs.match(key, chain.get(0).getPublicKey())) {
            throw new IllegalArgumentException("the private key does not belong to the certificate of "
                    + SpiffeId.of(chain.get(0)) + " (serial "
                    + chain.get(0).getSerialNumber().toString(16) + ")");
        }
    }

    public X509Certificate leaf() {
        return chain.get(0);
    }

    /** Who this process is. */
    public SpiffeId id() {
        return SpiffeId.of(leaf());
    }

    @Override
    public String toString() {
        return "Identity[" + id() + ", serial " + leaf().getSerialNumber().toString(16) + ", until "
                + leaf().getNotAfter().toInstant() + ", trusts " + roots.keySet() + "]";
    }
}
