package dev.weft.identity;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A peer's certificate was not accepted, and why. It is found among the causes of what the TLS provider throws. */
public final class PeerRefused extends CertificateException {
    private static final long serialVersionUID = 1L;

    /** What was wrong, in the order in which it is looked for. */
    public enum Reason {
        /** It sent none. */
        NO_CERTIFICATE,
        /** It holds no URI, so no SPIFFE id. */
        NO_SPIFFE_ID,
        /** It holds more than one URI, where exactly one is allowed. */
        SEVERAL_IDS,
        /** Its URI is not the SPIFFE id of a workload. */
        MALFORMED_ID,
        /** It is a certificate for signing others, used as somebody's own. */
        AUTHORITY_AS_LEAF,
        /** It may not be used for signatures, or may be used to sign certificates. */
        KEY_USAGE,
        /** It is limited to uses that leave out servers or clients. */
        EXTENDED_KEY_USAGE,
        /** Nobody told us roots for the trust domain of its id. */
        WRONG_TRUST_DOMAIN,
        /** It, or one that leads to it, is not valid yet. */
        NOT_YET_VALID,
        /** It, or one that leads to it, is valid no longer. */
        EXPIRED,
        /** It signed itself. */
        SELF_SIGNED,
        /** One that leads to it is not allowed to sign certificates. */
        WRONG_ISSUER,
        /** No way leads from it to a root of its trust domain. */
        UNKNOWN_ISSUER,
        /** It is good, and somebody else's. */
        WRONG_IDENTITY;

        private final String label = name().toLowerCase(Locale.ROOT);

        /** Lower case with underscores, for metrics. */
        public String label() {
            return label;
        }
    }

    private final Reason reason;
    private final transient @Nullable SpiffeId presented;

    PeerRefused(Reason reason, @Nullable SpiffeId presented, String message) {
        super(message, alert(reason));
        this.reason = reason;
        this.presented = presented;
    }

    /** The JDK's TLS reads this cause to choose the alert that the peer gets to see. */
    private static @Nullable CertPathValidatorException alert(Reason reason) {
        return switch (reason) {
            case EXPIRED -> new CertPathValidatorException("expired", null, null, -1, BasicReason.EXPIRED);
            case NOT_YET_VALID ->
                new CertPathValidatorException("not yet valid", null, null, -1, BasicReason.NOT_YET_VALID);
            default -> null;
        };
    }

    /** The same, told of {@code who}. */
    PeerRefused of(String who) {
        return new PeerRefused(reason, presented, who + " refused (" + reason.label() + "): " + getMessage());
    }

    public Reason reason() {
        return reason;
    }

    /** The id in the certificate, where it was fit to be read. */
    public @Nullable SpiffeId presented() {
        return presented;
    }

    /** The refusal among the causes of {@code failure}, if that is what was behind it. */
    public static @Nullable PeerRefused in(@Nullable Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < 20; depth++) {
            if (at instanceof PeerRefused refused) {
                return refused;
            }
            at = at.getCause();
        }
        return null;
    }
}
