package dev.weft.identity;

import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Who it is that calls a server, by the certificate that the connection's own checks have found good. */
public final class CallerIds {
    private CallerIds() {}

    /** The caller's SPIFFE id; null without a session, or where the caller showed no certificate with one. */
    public static @Nullable String of(@Nullable SSLSession session) {
        if (session == null) {
            return null;
        }
        try {
            return of(session.getPeerCertificates());
        } catch (SSLPeerUnverifiedException e) {
            return null;
        }
    }

    /** The same of the chain that a container tells, the caller's own certificate first. */
    public static @Nullable String of(Certificate @Nullable [] chain) {
        if (chain == null || chain.length == 0 || !(chain[0] instanceof X509Certificate own)) {
            return null;
        }
        try {
            return SpiffeId.of(own).toString();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
