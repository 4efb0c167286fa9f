package dev.weft.identity;

import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who does the TLS: Conscrypt, which takes a tenth of the time for a handshake, or the JDK. Immutable.
 */
public final class TlsProvider {
    private static final Logger log = LoggerFactory.getLogger(TlsProvider.class);

    private final @Nullable Provider provider;

    private TlsProvider(@Nullable Provider provider) {
        this.provider = provider;
    }

    /** Conscrypt where its native library runs, the JDK's own elsewhere; the log says once which, and why. */
    public static TlsProvider fastest() {
        return Fastest.FOUND;
    }

    /** The JDK's own. */
    public static TlsProvider jdk() {
        return new TlsProvider(Security.getProvider("SunJSSE"));
    }

    /** @throws UnsatisfiedLinkError where its native library does not run; other errors where it is not there */
    static TlsProvider conscrypt() {
        return new TlsProvider(Conscrypt.newProvider());
    }

    /** The provider's name, for people. */
    public String name() {
        return provider == null ? "the JDK's default" : provider.getName();
    }

    /** A new context, which shares no session with any other. */
    SSLContext context(KeyManager key, TrustManager trust) throws SSLException {
        try {
            SSLContext context =
                    provider == null ? SSLContext.getInstance("TLS") : SSLContext.getInstance("TLS", provider);
            context.init(new KeyManager[] {key}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new SSLException("no TLS to be had from " + name(), e);
        }
    }

    /** Conscrypt does not speak Ed25519. */
    TlsProvider forKey(String algorithm) {
        return algorithm.equals("EC") || algorithm.equals("RSA") ? this : jdk();
    }

    private static final class Fastest {
        static final TlsProvider FOUND = find();

        private static TlsProvider find() {
            try {
                TlsProvider found = conscrypt();
                log.info("TLS by Conscrypt {}", Conscrypt.version());
                return found;
            } catch (LinkageError | RuntimeException e) {
                TlsProvider jdk = jdk();
                log.warn(
                        "TLS by {}: Conscrypt cannot be used here ({}); handshakes take several times as long",
                        jdk.name(),
                        e.toString());
                return jdk;
            }
        }
    }
}
