package dev.weft.testkit;

import dev.weft.identity.Identity;
import dev.weft.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;

/**
 * A key and its certificate, with the intermediates below the root.
 *
 * @param chain the leaf first
 */
public record TestSvid(PrivateKey key, List<X509Certificate> chain) {
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /** An identity that trusts all of {@code roots}, each for its own trust domain. */
    public Identity trusting(TestCa... roots) {
        Map<String, Set<X509Certificate>> byDomain = new HashMap<>();
        for (TestCa root : roots) {
            byDomain.computeIfAbsent(root.trustDomain(), domain -> new HashSet<>())
                    .add(root.certificate());
        }
        return new Identity(key, chain, byDomain);
    }

    /** This leaf as an authority below {@code ca}, which it has no right to be. */
    public TestCa issuing(TestCa ca) {
        return ca.playedBy(this);
    }

    public String chainPem() {
        return pem(chain);
    }

    /** PKCS #8. */
    public String keyPem() {
        return block("PRIVATE KEY", key.getEncoded());
    }

    public static String pem(Collection<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                text.append(block("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException(e);
            }
        }
        return text.toString();
    }

    public static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
    }

    /** Writes {@code cert.pem}, {@code key.pem} and {@code bundle.pem}, the last with all of {@code roots}. */
    public void write(Path folder, TestCa... roots) {
        try {
            Files.writeString(folder.resolve("key.pem"), keyPem(), StandardCharsets.US_ASCII);
            Files.writeString(folder.resolve("cert.pem"), chainPem(), StandardCharsets.US_ASCII);
            Files.writeString(
                    folder.resolve("bundle.pem"),
                    pem(Arrays.stream(roots).map(TestCa::certificate).toList()),
                    StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A certificate about to be issued; good unless spoilt. Confined to one thread. */
    public static final class Request {
        private final TestCa issuer;
        private final List<String> uris;
        private String algorithm = "EC";
        private boolean selfSigned;
        private boolean authority;
        private int usage = KeyUsage.digitalSignature;
        private KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};
        private Instant from = Time.system().now().minus(Duration.ofMinutes(30));
        private Instant until = Time.system().now().plus(Duration.ofHours(12));

        Request(TestCa issuer, String... uris) {
            this.issuer = issuer;
            this.uris = List.of(uris);
        }

        /** {@code EC} (P-256), {@code RSA} or {@code Ed25519}. */
        public Request algorithm(String algorithm) {
            this.algorithm = algorithm;
            return this;
        }

        public Request valid(Instant from, Instant until) {
            this.from = from;
            this.until = until;
            return this;
        }

        /** Signed with its own key, not by the authority. */
        public Request selfSigned() {
            selfSigned = true;
            return this;
        }

        /** A certificate that may itself issue certificates. */
        public Request authority() {
            authority = true;
            usage |= KeyUsage.keyCertSign;
            return this;
        }

        /** Bits of BouncyCastle's {@link KeyUsage}; 0 for none at all. */
        public Request usage(int usage) {
            this.usage = usage;
            return this;
        }

        /** Empty for no such extension. */
        public Request purposes(KeyPurposeId... purposes) {
            this.purposes = purposes;
            return this;
        }

        public TestSvid issue() {
            KeyPair pair = TestCa.keyPair(algorithm);
            X500Principal subject = new X500Principal("CN=leaf");
            try {
                JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        selfSigned ? subject : issuer.name(),
                        TestCa.serial(),
                        Date.from(from),
                        Date.from(until),
                        subject,
                        pair.getPublic());
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
                if (usage != 0) {
                    builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
                }
                if (purposes.length > 0) {
                    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
                }
                if (!uris.isEmpty()) {
                    builder.addExtension(Extension.subjectAlternativeName, false, names());
                }
                List<X509Certificate> chain = new ArrayList<>();
                chain.add(TestCa.sign(builder, selfSigned ? pair.getPrivate() : issuer.key()));
                if (!selfSigned) {
                    chain.addAll(issuer.chain());
                }
                return new TestSvid(pair.getPrivate(), List.copyOf(chain));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private GeneralNames names() {
            return new GeneralNames(uris.stream()
                    .map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri))
                    .toArray(GeneralName[]::new));
        }
    }
}
