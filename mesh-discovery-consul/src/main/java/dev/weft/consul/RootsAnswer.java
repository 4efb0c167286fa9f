package dev.weft.consul;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weft.identity.Pem;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every root that Consul lists, not only the active one: until all leaves are renewed after a rotation, and after
 * two quick ones even longer, peers still show leaves of older roots.
 */
record RootsAnswer(String trustDomain, Set<X509Certificate> roots) {
    static RootsAnswer read(Answer answer) throws ConsulException {
        Body body = Json.read(answer.request(), answer.successful().body(), Body.class);
        if (body.trustDomain == null || body.trustDomain.isBlank() || body.roots == null || body.roots.isEmpty()) {
            throw new ConsulException(answer.request() + ": no roots yet");
        }
        Set<X509Certificate> roots = new LinkedHashSet<>();
        for (Root root : body.roots) {
            if (root == null || root.certificate == null) {
                throw new ConsulException(answer.request() + ": a root without a certificate");
            }
            try {
                roots.addAll(Pem.certificates(root.certificate, "a Consul root"));
            } catch (IllegalArgumentException e) {
                throw new ConsulException(String.valueOf(e.getMessage()));
            }
        }
        return new RootsAnswer(body.trustDomain, Set.copyOf(roots));
    }

    /** Whether the leaf's chain leads to one of these roots. Expiry is for those who use it to judge. */
    boolean sign(LeafAnswer leaf) {
        if (!leaf.id().trustDomain().equalsIgnoreCase(trustDomain)) {
            return false;
        }
        List<X509Certificate> chain = leaf.chain();
        for (int i = 0; i < chain.size(); i++) {
            X509Certificate subject = chain.get(i);
            if (roots.stream().anyMatch(root -> signed(subject, root))) {
                return true;
            }
            if (i + 1 == chain.size() || !signed(subject, chain.get(i + 1))) {
                return false;
            }
        }
        return false;
    }

    private static boolean signed(X509Certificate subject, X509Certificate issuer) {
        try {
            subject.verify(issuer.getPublicKey());
            return subject.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private record Body(
            @JsonProperty("TrustDomain") @Nullable String trustDomain,
            @JsonProperty("Roots") @Nullable List<@Nullable Root> roots) {}

    private record Root(@JsonProperty("RootCert") @Nullable String certificate) {}
}
