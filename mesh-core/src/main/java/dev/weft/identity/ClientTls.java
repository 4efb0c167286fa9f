package dev.weft.identity;

import dev.weft.time.Time;
import io.micrometer.core.instrument.Counter;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards one service: with our identity of the moment, and to nobody but the service.
 *
 * <p>What it hands out may be kept for as long as it is: a connection opened after a rotation, or after {@link
 * #expect}, goes by what holds then. Connections that are open already are for their owner to leave: see {@link
 * Keyring#onRotated}. Thread-safe.
 */
public final class ClientTls {
    /** No others: older versions are broken. */
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private final Keyring keyring;
    private final String service;
    private final SpiffeTrust trust;
    private final SSLSocketFactory sockets;
    private final HostnameVerifier verifier = this::welcome;
    private volatile @Nullable Counter plaintext;

    /**
     * @param service the logical service; sent as the server name (SNI), and what {@code {service}} stands for
     * @param ids one of them must match the server's SPIFFE id
     */
    public ClientTls(Keyring keyring, String service, List<IdPattern> ids, Time time) {
        this(keyring, service, ids, time, TlsProvider.fastest());
    }

    ClientTls(Keyring keyring, String service, List<IdPattern> ids, Time time, TlsProvider provider) {
        this.keyring = keyring;
        this.service = service;
        this.trust = new SpiffeTrust(keyring, new Expected(ids, service), time);
        Contexts contexts = new Contexts(keyring, provider, trust);
        List<SNIServerName> names = serverName(service);
        try {
            this.sockets = new MeshSockets(
                    () -> contexts.forClient().getSocketFactory(),
                    socket -> prepare(socket, names),
                    contexts.bare().getSocketFactory());
        } catch (SSLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** Makes each socket anew; throws where there is no identity yet, saying what it waits for. */
    public SSLSocketFactory socketFactory() {
        return sockets;
    }

    /**
     * Our key of the moment, for transports that make contexts of their own: a new one for each identity, without
     * sessions that could be resumed.
     *
     * @throws SSLException where there is no identity yet, saying what is waited for
     */
    public X509ExtendedKeyManager keyManager() throws SSLException {
        return new OwnKey(keyring.require());
    }

    /** What the sockets trust, for clients that ask for it; it has been asked in each handshake already. */
    public X509TrustManager trustManager() {
        return trust;
    }

    /**
     * Ignores the host name; asks once more whether the server is the service as it is expected now. Always the same
     * one: clients that share connections compare it.
     */
    public HostnameVerifier hostnameVerifier() {
        return verifier;
    }

    private boolean welcome(String host, SSLSession session) {
        try {
            return server(session).path().length() > 0;
        } catch (SSLException e) {
            return false;
        }
    }

    /**
     * Who the server of an established session is.
     *
     * @throws SSLPeerUnverifiedException when that is not, or no longer, whom we want
     */
    public SpiffeId server(SSLSession session) throws SSLPeerUnverifiedException {
        try {
            return trust.peer(session, "server of " + service);
        } catch (CertificateException e) {
            throw (SSLPeerUnverifiedException) new SSLPeerUnverifiedException(e.getMessage()).initCause(e);
        }
    }

    /** To be told by the transport of each attempt that policy allows it to send in plain text. */
    public void sentPlaintext() {
        Counter counter = plaintext;
        if (counter == null) {
            // Only where it happens: strict services have no such metric.
            counter = keyring.meters().plaintext(service);
            plaintext = counter;
        }
        counter.increment();
    }

    /** What a failed connection means, in words: who refused whom, and why as far as this side can know. */
    public String explain(Throwable failure) {
        return TlsWords.of(failure, "server of " + service, keyring.current());
    }

    /** The same where TLS was not the mesh's, so that nothing of ours was shown. */
    public static String explain(String service, Throwable failure) {
        return TlsWords.of(failure, "server of " + service, null);
    }

    /** From now on, new connections want one of {@code ids}. */
    public void expect(List<IdPattern> ids) {
        trust.expect(new Expected(ids, service));
    }

    private static void prepare(SSLSocket socket, List<SNIServerName> names) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        if (!names.isEmpty()) {
            parameters.setServerNames(names);
        }
        socket.setSSLParameters(parameters);
    }

    /** Conscrypt sends it only where it holds a dot. */
    private static List<SNIServerName> serverName(String service) {
        try {
            return List.of(new SNIHostName(service.getBytes(StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            // Not a host name, and nothing that a server could select by.
            return List.of();
        }
    }
}
