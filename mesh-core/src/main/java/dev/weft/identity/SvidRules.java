package dev.weft.identity;

import dev.weft.identity.PeerRefused.Reason;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a certificate must be like to stand for a workload, and to sign for one: X509-SVID.md §3 to §5. */
final class SvidRules {
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private SvidRules() {}

    /** The id of a leaf that keeps the rules. */
    static SpiffeId leaf(X509Certificate leaf) throws PeerRefused {
        SpiffeId id = id(leaf);
        if (leaf.getBasicConstraints() >= 0) {
            throw new PeerRefused(
                    Reason.AUTHORITY_AS_LEAF,
                    id,
                    "it is a certificate authority's (basicConstraints CA:TRUE), not a workload's");
        }
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null || !has(usage, DIGITAL_SIGNATURE)) {
            throw new PeerRefused(Reason.KEY_USAGE, id, "its keyUsage lacks digitalSignature");
        }
        if (has(usage, KEY_CERT_SIGN) || has(usage, CRL_SIGN)) {
            throw new PeerRefused(
                    Reason.KEY_USAGE, id, "its keyUsage has keyCertSign or cRLSign, which a workload must not have");
        }
        List<String> purposes = purposes(leaf, id);
        if (purposes != null && !(purposes.contains(SERVER_AUTH) && purposes.contains(CLIENT_AUTH))) {
            throw new PeerRefused(
                    Reason.EXTENDED_KEY_USAGE,
                    id,
                    "its extendedKeyUsage lacks serverAuth or clientAuth; both are needed");
        }
        return id;
    }

    private static SpiffeId id(X509Certificate leaf) throws PeerRefused {
        List<String> uris;
        try {
            uris = SpiffeId.uris(leaf);
        } catch (IllegalArgumentException e) {
            throw new PeerRefused(Reason.MALFORMED_ID, null, "its subject alternative names cannot be read");
        }
        if (uris.isEmpty()) {
            throw new PeerRefused(
                    Reason.NO_SPIFFE_ID, null, "it holds no SPIFFE id (no URI among its subject alternative names)");
        }
        if (uris.size() > 1) {
            throw new PeerRefused(
                    Reason.SEVERAL_IDS,
                    null,
                    "it holds " + uris.size() + " URIs where exactly one is allowed: " + uris);
        }
        SpiffeId id;
        try {
            id = SpiffeId.parse(uris.get(0));
        } catch (IllegalArgumentException e) {
            throw new PeerRefused(Reason.MALFORMED_ID, null, String.valueOf(e.getMessage()));
        }
        if (id.path().isEmpty()) {
            throw new PeerRefused(Reason.MALFORMED_ID, id, "its id " + id + " names a trust domain, not a workload");
        }
        return id;
    }

    private static @Nullable List<String> purposes(X509Certificate leaf, SpiffeId id) throws PeerRefused {
        try {
            return leaf.getExtendedKeyUsage();
        } catch (CertificateParsingException e) {
            throw new PeerRefused(Reason.EXTENDED_KEY_USAGE, id, "its extendedKeyUsage cannot be read");
        }
    }

    /** Whether the certificate may sign others. */
    static boolean signs(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        return certificate.getBasicConstraints() >= 0 && usage != null && has(usage, KEY_CERT_SIGN);
    }

    private static boolean has(boolean[] usage, int bit) {
        return usage.length > bit && usage[bit];
    }
}
