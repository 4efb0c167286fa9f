package dev.weft.identity;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Gives the TLS provider our key and chain, whichever issuers the peer says it knows; without an identity, nothing. Immutable. */
final class OwnKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "weft";

    private final @Nullable Identity own;

    OwnKey(@Nullable Identity own) {
        this.own = own;
    }

    /** The JDK names types "EC", "EdDSA", "EC_RSA"; Conscrypt "EC", "RSA". */
    private @Nullable String alias(String... keyTypes) {
        if (own == null) {
            return null;
        }
        String algorithm = own.key().getAlgorithm();
        for (String type : keyTypes) {
            if (type.equals(algorithm) || type.startsWith(algorithm + "_")) {
                return ALIAS;
            }
        }
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = alias(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return getClientAliases(keyType, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return own != null && alias.equals(ALIAS) ? own.chain().toArray(X509Certificate[]::new) : null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return own != null && alias.equals(ALIAS) ? own.key() : null;
    }
}
