package dev.weft.identity;

import dev.weft.identity.PeerRefused.Reason;
import dev.weft.time.Time;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Asked by the TLS provider whether a peer is welcome: who it is, by {@link SpiffeVerifier}, and whether that is
 * whom we want. Goes by the identity and the expectation as they are at that moment. No host name is looked at.
 * Thread-safe.
 */
final class SpiffeTrust extends X509ExtendedTrustManager {
    private static final String SERVER = "server";
    private static final String CLIENT = "client";

    private final Keyring keyring;
    private final Time time;
    private final Refusals refusals;
    private volatile Expected expected;

    SpiffeTrust(Keyring keyring, Expected expected, Time time) {
        this.keyring = keyring;
        this.expected = expected;
        this.time = time;
        this.refusals = new Refusals(time);
    }

    Expected expected() {
        return expected;
    }

    void expect(Expected changed) {
        expected = changed;
    }

    private void check(X509Certificate @Nullable [] chain, String peer, String who) throws CertificateException {
        Identity own = keyring.current();
        if (own == null) {
            throw new CertificateException(who + " refused: no identity yet, so no roots to trust");
        }
        try {
            welcome(new SpiffeVerifier(own.roots()).verify(chain, time.now()), own);
        } catch (PeerRefused e) {
            keyring.meters().refused(peer, e.reason());
            PeerRefused told = e.of(who);
            if (peer.equals(CLIENT)) {
                refusals.tell(told);
            }
            throw told;
        } catch (RuntimeException e) {
            // Whatever a hostile certificate brings a parser to must end this handshake and nothing else.
            throw new CertificateException(who + " refused: its certificate cannot be checked", e);
        }
    }

    private void welcome(SpiffeId id, Identity own) throws PeerRefused {
        Expected wanted = expected;
        String domain = own.id().trustDomain();
        if (!wanted.allows(id, domain)) {
            throw new PeerRefused(Reason.WRONG_IDENTITY, id, "it is " + id + ", expected was " + wanted.words(domain));
        }
    }

    /**
     * Who the peer of an established session is, if it is welcome still.
     *
     * @throws SSLPeerUnverifiedException where the peer showed no certificate
     * @throws PeerRefused where it is welcome no longer
     */
    SpiffeId peer(SSLSession session, String who) throws SSLPeerUnverifiedException, PeerRefused {
        Identity own = keyring.current();
        if (own == null || !(session.getPeerCertificates()[0] instanceof X509Certificate leaf)) {
            throw new SSLPeerUnverifiedException(who + " refused: not known who it is");
        }
        try {
            SpiffeId id = SvidRules.leaf(leaf);
            welcome(id, own);
            return id;
        } catch (PeerRefused e) {
            throw e.of(who);
        }
    }

    private void checkServer(X509Certificate @Nullable [] chain) throws CertificateException {
        check(chain, SERVER, "server of " + expected.service());
    }

    private void checkClient(X509Certificate @Nullable [] chain) throws CertificateException {
        check(chain, CLIENT, "client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClient(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServer(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClient(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServer(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checkClient(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checkServer(chain);
    }

    /**
     * None: a server that named its roots would have a client of another domain send nothing at all, and could only
     * say "no certificate" where "wrong trust domain" is the truth.
     */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
