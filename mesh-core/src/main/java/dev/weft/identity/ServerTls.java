package dev.weft.identity;

import dev.weft.time.Time;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS for a server: shows our identity of the moment, and knows its clients by theirs.
 *
 * <p>With {@link TlsMode#STRICT} a client must show a certificate; with {@link TlsMode#PERMISSIVE} it may, and a bad
 * one is refused all the same. Every connection is a full handshake: none resumes an older one, so policy is asked
 * each time. Thread-safe.
 */
public final class ServerTls {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final Keyring keyring;
    private final boolean strict;
    private final SpiffeTrust trust;
    private final SSLContext context;

    /** Any client of our own trust domain. */
    public ServerTls(Keyring keyring, TlsMode mode, Time time) {
        this(keyring, mode, List.of(IdPattern.parse("spiffe://{trustDomain}/**")), time);
    }

    /** @param clients one of them must match a client's SPIFFE id */
    public ServerTls(Keyring keyring, TlsMode mode, List<IdPattern> clients, Time time) {
        this(keyring, mode, clients, time, TlsProvider.fastest());
    }

    ServerTls(Keyring keyring, TlsMode mode, List<IdPattern> clients, Time time, TlsProvider provider) {
        if (mode == TlsMode.OFF) {
            throw new IllegalArgumentException("TLS that is off is no TLS: serve plain text instead");
        }
        this.keyring = keyring;
        this.strict = mode == TlsMode.STRICT;
        this.trust = new SpiffeTrust(keyring, new Expected(clients, ""), time);
        try {
            this.context = MeshContext.of(new Contexts(keyring, provider, trust), this::prepare);
        } catch (SSLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /**
     * For servers that take a context, such as {@code new HttpsConfigurator(tls.context())} of the JDK's server. It
     * may be kept for ever. A server that sets parameters of its own must ask for client certificates itself.
     */
    public SSLContext context() {
        return context;
    }

    /** For servers that wrap accepted sockets. The sockets are in server mode. */
    public SSLSocketFactory socketFactory() {
        return context.getSocketFactory();
    }

    /**
     * Who the client of an established session is; null where it showed no certificate, which only permissive mode
     * allows. Worth asking at each request: a client that was forbidden while its connection was open is refused.
     *
     * @throws SSLPeerUnverifiedException when it is not, or no longer, welcome
     */
    public @Nullable SpiffeId client(SSLSession session) throws SSLPeerUnverifiedException {
        try {
            session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException e) {
            if (strict) {
                throw e;
            }
            return null;
        }
        try {
            return trust.peer(session, "client");
        } catch (CertificateException e) {
            throw (SSLPeerUnverifiedException) new SSLPeerUnverifiedException(e.getMessage()).initCause(e);
        }
    }

    /** What a failed handshake means, in words: who refused whom, and why as far as this side can know. */
    public String explain(Throwable failure) {
        return TlsWords.of(failure, "client", keyring.current());
    }

    /** From now on, one of {@code clients} must match; also for {@link #client} of older connections. */
    public void expect(List<IdPattern> clients) {
        trust.expect(new Expected(clients, ""));
    }

    private void prepare(SSLParameters parameters) {
        parameters.setProtocols(PROTOCOLS);
        if (strict) {
            parameters.setNeedClientAuth(true);
        } else {
            parameters.setWantClientAuth(true);
        }
    }
}
