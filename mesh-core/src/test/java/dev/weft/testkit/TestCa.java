package dev.weft.testkit;

import dev.weft.time.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for one trust domain: makes roots, intermediates and leaves, good ones and every bad kind.
 *
 * <p>Needs {@code org.bouncycastle:bcpkix-jdk18on} in the test scope of whoever uses it. Immutable.
 */
public final class TestCa {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String trustDomain;
    private final X500Principal name;
    private final PrivateKey key;
    private final X509Certificate certificate;
    private final List<X509Certificate> chain;

    private TestCa(
            String trustDomain,
            X500Principal name,
            PrivateKey key,
            X509Certificate certificate,
            List<X509Certificate> chain) {
        this.trustDomain = trustDomain;
        this.name = name;
        this.key = key;
        this.certificate = certificate;
        this.chain = chain;
    }

    /** A root that is valid from an hour ago, for ten days. */
    public static TestCa root(String trustDomain) {
        Instant now = Time.system().now();
        return root(trustDomain, now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(10)));
    }

    public static TestCa root(String trustDomain, Instant from, Instant until) {
        KeyPair pair = keyPair("EC");
        X500Principal name = new X500Principal("CN=root " + NUMBERS.incrementAndGet() + " of " + trustDomain);
        X509Certificate certificate = authority(name, pair, name, pair.getPrivate(), trustDomain, from, until, true);
        return new TestCa(trustDomain, name, pair.getPrivate(), certificate, List.of());
    }

    /** An authority below this one; its certificate goes with each leaf. */
    public TestCa intermediate() {
        return intermediate(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                true);
    }

    /** @param keyCertSign false for one that is not allowed to sign certificates */
    public TestCa intermediate(Instant from, Instant until, boolean keyCertSign) {
        KeyPair pair = keyPair("EC");
        X500Principal below = new X500Principal("CN=intermediate " + NUMBERS.incrementAndGet() + " of " + trustDomain);
        X509Certificate made = authority(below, pair, name, key, trustDomain, from, until, keyCertSign);
        List<X509Certificate> longer = new ArrayList<>(List.of(made));
        longer.addAll(chain);
        return new TestCa(trustDomain, below, pair.getPrivate(), made, List.copyOf(longer));
    }

    /** An authority that it has no right to be: {@code svid} signs, as an intermediate of {@code this}. */
    TestCa playedBy(TestSvid svid) {
        return new TestCa(trustDomain, svid.leaf().getSubjectX500Principal(), svid.key(), svid.leaf(), svid.chain());
    }

    /** This authority with a certificate from {@code older}, as when a root is replaced: both lead to its leaves. */
    public TestCa crossSignedBy(TestCa older) {
        KeyPair pair = new KeyPair(certificate.getPublicKey(), key);
        X509Certificate made = authority(
                name,
                pair,
                older.name,
                older.key,
                trustDomain,
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                true);
        return new TestCa(trustDomain, name, key, certificate, List.of(made));
    }

    /** A leaf that any SPIFFE verifier accepts; {@code path} such as {@code /ns/default/dc/dc1/svc/web}. */
    public TestSvid svid(String path) {
        return request("spiffe://" + trustDomain + path).issue();
    }

    /** The id that Consul gives to a service, in a leaf that any SPIFFE verifier accepts. */
    public TestSvid consulSvid(String service) {
        return svid("/ns/default/dc/dc1/svc/" + service);
    }

    /** A leaf to be spoilt before it is issued. */
    public TestSvid.Request request(String... uris) {
        return new TestSvid.Request(this, uris);
    }

    public String trustDomain() {
        return trustDomain;
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** For an identity that trusts this root alone. */
    public Map<String, Set<X509Certificate>> roots() {
        return Map.of(trustDomain, Set.of(certificate));
    }

    X500Principal name() {
        return name;
    }

    PrivateKey key() {
        return key;
    }

    /** The certificates between a leaf and the root. */
    List<X509Certificate> chain() {
        return chain;
    }

    private static X509Certificate authority(
            X500Principal subject,
            KeyPair pair,
            X500Principal issuer,
            PrivateKey issuerKey,
            String trustDomain,
            Instant from,
            Instant until,
            boolean keyCertSign) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer, serial(), Date.from(from), Date.from(until), subject, pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(keyCertSign ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            new GeneralName(GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain)));
            return sign(builder, issuerKey);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey issuerKey) {
        try {
            String algorithm = switch (issuerKey.getAlgorithm()) {
                case "EC" -> "SHA256withECDSA";
                case "RSA" -> "SHA256withRSA";
                default -> "Ed25519";
            };
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKey)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("cannot sign a test certificate", e);
        }
    }

    static BigInteger serial() {
        return new BigInteger(64, new SecureRandom()).add(BigInteger.ONE);
    }

    static KeyPair keyPair(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (!algorithm.equals("Ed25519")) {
                generator.initialize(algorithm.equals("EC") ? 256 : 2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java makes no " + algorithm + " keys", e);
        }
    }
}
