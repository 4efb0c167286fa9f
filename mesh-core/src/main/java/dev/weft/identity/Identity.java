package dev.weft.identity;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who this process is and whom it can believe: a key, its certificate chain, and the roots of each trust domain.
 * Taken and replaced as a whole, so that the parts always match. Immutable.
 *
 * @param key the private key; never printed
 * @param chain the leaf first, then intermediates; not empty
 * @param roots by trust domain, such as {@code prod.example.org}: every root that may be trusted now
 */
public record Identity(PrivateKey key, List<X509Certificate> chain, Map<String, Set<X509Certificate>> roots) {
    public Identity {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("an identity needs at least its own certificate");
        }
        chain = List.copyOf(chain);
        roots = Map.copyOf(roots);
    }

    public X509Certificate leaf() {
        return chain.get(0);
    }

    @Override
    public String toString() {
        return "Identity[" + leaf().getSubjectX500Principal() + ", until "
                + leaf().getNotAfter().toInstant() + ", trusts " + roots.keySet() + "]";
    }
}
