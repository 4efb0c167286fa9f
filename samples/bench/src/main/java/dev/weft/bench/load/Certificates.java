package dev.weft.bench.load;

import dev.weft.identity.IdentitySource;
import dev.weft.identity.PemIdentitySource;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.conscrypt.Conscrypt;

/**
 * Keys and certificates in PEM files that all processes of a measurement share. Those wired by hand get them as Java
 * teams do it: Conscrypt, a key store, a trust store; Weft gets the files.
 */
final class Certificates {
    private static final String FOLDER = "weft.bench.certificates";
    private static final char[] NONE = new char[0];

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    /** Of this process and those that it starts. */
    static Certificates shared() {
        String folder = System.getProperty(FOLDER);
        if (folder == null) {
            throw new IllegalStateException("no certificates were made: set " + FOLDER);
        }
        return new Certificates(Path.of(folder));
    }

    /** What tells a child process of them, if there are any. */
    static List<String> option() {
        String folder = System.getProperty(FOLDER);
        return folder == null ? List.of() : List.of("-D" + FOLDER + '=' + folder);
    }

    /** Makes them, for this process and those that it starts from now on. */
    static void make() {
        try {
            Path folder = Files.createTempDirectory("weft-bench");
            TestCa ca = TestCa.root("example.org");
            for (String service : new String[] {"inventory", "storefront"}) {
                Path own = Files.createDirectory(folder.resolve(service));
                ca.consulSvid(service).write(own, ca);
                for (String file : new String[] {"cert.pem", "key.pem", "bundle.pem"}) {
                    own.resolve(file).toFile().deleteOnExit();
                }
            }
            System.setProperty(FOLDER, folder.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The caller's identity, for a mesh. */
    IdentitySource source() {
        Path own = folder.resolve("storefront");
        return new PemIdentitySource(
                own.resolve("cert.pem"), own.resolve("key.pem"), own.resolve("bundle.pem"), Time.system());
    }

    /** The same for a client wired by hand. */
    OkHttpClient client(OkHttpClient plain) {
        return plain.newBuilder()
                .sslSocketFactory(context("storefront").getSocketFactory(), trust("storefront"))
                // Certificates name services, not hosts.
                .hostnameVerifier((host, session) -> true)
                .build();
    }

    ServerSocketFactory server() {
        return context("inventory").getServerSocketFactory();
    }

    private SSLContext context(String service) {
        try {
            SSLContext context = SSLContext.getInstance("TLS", Conscrypt.newProvider());
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NONE);
            store.setKeyEntry("own", key(service), NONE, certificates(service, "cert.pem"));
            keys.init(store, NONE);
            context.init(keys.getKeyManagers(), new X509TrustManager[] {trust(service)}, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no TLS", e);
        }
    }

    private X509TrustManager trust(String service) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NONE);
            Certificate[] roots = certificates(service, "bundle.pem");
            for (int i = 0; i < roots.length; i++) {
                store.setCertificateEntry("root" + i, roots[i]);
            }
            // The JDK's refuses what Conscrypt calls TLS 1.3's keys.
            TrustManagerFactory trust = TrustManagerFactory.getInstance(
                    "PKIX",
                    Conscrypt.newProviderBuilder().provideTrustManager(true).build());
            trust.init(store);
            X509TrustManager manager = (X509TrustManager) trust.getTrustManagers()[0];
            Conscrypt.setHostnameVerifier(manager, (certificates, host, session) -> true);
            return manager;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no trust", e);
        }
    }

    private Certificate[] certificates(String service, String file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(folder.resolve(service).resolve(file))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .toArray(Certificate[]::new);
        }
    }

    private PrivateKey key(String service) throws GeneralSecurityException, IOException {
        String text =
                Files.readString(folder.resolve(service).resolve("key.pem")).replaceAll("-----.*?-----|\\s", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
    }
}
