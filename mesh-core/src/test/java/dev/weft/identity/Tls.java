package dev.weft.identity;

import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestSvid;
import dev.weft.time.Time;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Peers for tests: ours, and ones that show anything and trust anyone. */
final class Tls {
    static final List<TlsProvider> PROVIDERS = List.of(TlsProvider.jdk(), TlsProvider.conscrypt());

    private Tls() {}

    static Keyring keyring(Identity identity) {
        return keyring(new FixedIdentity(identity), Time.system());
    }

    static Keyring keyring(IdentitySource source, Time time) {
        Keyring keyring = new Keyring(source, time);
        keyring.start();
        return keyring;
    }

    static ClientTls client(Keyring keyring, String service, TlsProvider provider) {
        return new ClientTls(keyring, service, TlsSettings.SERVER_ID.builtIn(), Time.system(), provider);
    }

    static ServerTls server(Keyring keyring, TlsProvider provider) {
        return new ServerTls(
                keyring,
                TlsMode.STRICT,
                List.of(IdPattern.parse("spiffe://{trustDomain}/**")),
                Time.system(),
                provider);
    }

    /** A client or server that shows {@code svid}, or nothing, and trusts everybody. */
    static SSLSocketFactory careless(@Nullable TestSvid svid, TlsProvider provider) throws SSLException {
        return provider.context(new Shows(svid), new Anyone()).getSocketFactory();
    }

    /** Not {@link OwnKey}, as what it shows may be no identity at all. */
    private static final class Shows extends X509ExtendedKeyManager {
        private final @Nullable TestSvid svid;

        Shows(@Nullable TestSvid svid) {
            this.svid = svid;
        }

        private @Nullable String alias() {
            return svid == null ? null : "any";
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return alias();
        }

        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return alias();
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return svid != null && type.startsWith(svid.key().getAlgorithm()) ? alias() : null;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return chooseServerAlias(type, issuers, null);
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return svid == null ? null : svid.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return svid == null ? null : svid.key();
        }
    }

    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
