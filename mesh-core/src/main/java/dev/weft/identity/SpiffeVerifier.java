package dev.weft.identity;

import dev.weft.identity.PeerRefused.Reason;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says who a peer is: the SPIFFE id of the chain it presents, if that chain leads to a root of the id's own trust
 * domain. The path is the JDK's business (RFC 5280); what SPIFFE asks beyond it is {@link SvidRules}'. Immutable.
 */
final class SpiffeVerifier {
    /** Intermediates; SPIRE's deepest nesting in the field has three. */
    private static final int MAX_PATH = 8;

    private final Map<String, Set<X509Certificate>> roots;

    SpiffeVerifier(Map<String, Set<X509Certificate>> roots) {
        this.roots = roots;
    }

    /**
     * @param chain as presented: the leaf first, the others in any order
     * @throws PeerRefused with the first thing that is wrong
     */
    SpiffeId verify(X509Certificate @Nullable [] chain, Instant now) throws PeerRefused {
        if (chain == null || chain.length == 0) {
            throw new PeerRefused(Reason.NO_CERTIFICATE, null, "it sent no certificate");
        }
        X509Certificate leaf = chain[0];
        SpiffeId id = SvidRules.leaf(leaf);
        Set<X509Certificate> domainRoots = roots.get(id.trustDomain());
        if (domainRoots == null) {
            throw new PeerRefused(
                    Reason.WRONG_TRUST_DOMAIN,
                    id,
                    id + " belongs to the trust domain " + id.trustDomain()
                            + ", of which no roots are known here (known: "
                            + String.join(", ", new TreeSet<>(roots.keySet())) + ")");
        }
        checkDates(leaf, "the certificate of " + id, id, now);
        if (isSelfSigned(leaf)) {
            throw new PeerRefused(Reason.SELF_SIGNED, id, "the certificate of " + id + " is signed by itself");
        }
        List<X509Certificate> others = List.of(chain).subList(1, chain.length);
        checkPath(path(leaf, others, domainRoots, id, now), others, id, now, leaf);
        return id;
    }

    private static void checkDates(X509Certificate certificate, String name, SpiffeId id, Instant now)
            throws PeerRefused {
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            throw new PeerRefused(Reason.EXPIRED, id, name + " expired at " + until + " (it is " + now + " here)");
        }
        if (now.isBefore(from)) {
            throw new PeerRefused(
                    Reason.NOT_YET_VALID, id, name + " is not valid before " + from + " (it is " + now + " here)");
        }
    }

    /** The path from the leaf up, without the root; null where there is none. */
    private static @Nullable List<? extends Certificate> path(
            X509Certificate leaf,
            List<X509Certificate> others,
            Set<X509Certificate> domainRoots,
            SpiffeId id,
            Instant now)
            throws PeerRefused {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate root : domainRoots) {
            boolean valid = !now.isAfter(root.getNotAfter().toInstant())
                    && !now.isBefore(root.getNotBefore().toInstant());
            if (valid && root.getBasicConstraints() >= 0) {
                anchors.add(new TrustAnchor(root, null));
            }
        }
        if (anchors.isEmpty()) {
            throw new PeerRefused(
                    Reason.UNKNOWN_ISSUER,
                    id,
                    "none of the " + domainRoots.size() + " roots known here for the trust domain " + id.trustDomain()
                            + " is valid now");
        }
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(leaf);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
            // Certificates live for hours: they are renewed, not revoked.
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            parameters.setMaxPathLength(MAX_PATH);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(others)));
            return CertPathBuilder.getInstance("PKIX")
                    .build(parameters)
                    .getCertPath()
                    .getCertificates();
        } catch (CertPathBuilderException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java does not check certificate paths (PKIX)", e);
        }
    }

    private static void checkPath(
            @Nullable List<? extends Certificate> path,
            List<X509Certificate> others,
            SpiffeId id,
            Instant now,
            X509Certificate leaf)
            throws PeerRefused {
        // Where no path was found, one of those that were presented may be to blame.
        for (X509Certificate other : others) {
            if (path != null && !path.contains(other)) {
                continue;
            }
            if (!SvidRules.signs(other)) {
                throw new PeerRefused(
                        Reason.WRONG_ISSUER,
                        id,
                        "the certificate of " + id + " comes with '" + other.getSubjectX500Principal()
                                + "', which may not sign certificates (CA:TRUE and keyCertSign are needed)");
            }
            checkDates(other, "the issuer '" + other.getSubjectX500Principal() + "' of " + id, id, now);
        }
        if (path == null || path.isEmpty()) {
            throw new PeerRefused(
                    Reason.UNKNOWN_ISSUER,
                    id,
                    "the certificate of " + id + ", issued by '" + leaf.getIssuerX500Principal()
                            + "', does not lead to a root of the trust domain " + id.trustDomain());
        }
    }

    private static boolean isSelfSigned(X509Certificate certificate) {
        if (!Arrays.equals(
                certificate.getSubjectX500Principal().getEncoded(),
                certificate.getIssuerX500Principal().getEncoded())) {
            return false;
        }
        try {
            certificate.verify(certificate.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
