package dev.weft.identity;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Makes TLS contexts, one for each connection. Sessions are kept per context, so a connection can never resume one
 * that another made: with an identity that was rotated out since, or with a peer that was forbidden since. In a
 * resumed session neither key nor trust is asked for, by any provider. Thread-safe.
 */
final class Contexts {
    private final Keyring keyring;
    private final TlsProvider provider;
    private final SpiffeTrust trust;

    Contexts(Keyring keyring, TlsProvider provider, SpiffeTrust trust) {
        this.keyring = keyring;
        this.provider = provider;
        this.trust = trust;
    }

    /** For a connection that we open. */
    SSLContext forClient() throws SSLException {
        return with(keyring.require());
    }

    /** For a connection that we accept; without an identity the handshake fails. */
    SSLContext forServer() throws SSLException {
        Identity identity = keyring.current();
        return identity == null ? bare() : with(identity);
    }

    private SSLContext with(Identity identity) throws SSLException {
        return provider.forKey(identity.key().getAlgorithm()).context(new OwnKey(identity), trust);
    }

    /** For questions of what the provider is able to do. */
    SSLContext bare() throws SSLException {
        return provider.context(new OwnKey(null), trust);
    }
}
