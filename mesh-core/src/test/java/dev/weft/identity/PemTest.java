package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weft.testkit.TestCa;
import dev.weft.testkit.TestSvid;
import java.io.IOException;
import java.security.PrivateKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
    private static final TestCa CA = TestCa.root("example.org");
    private static final TestSvid EC = CA.consulSvid("web");

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void pkcs8KeysAreReadInEveryAlgorithm(String algorithm) {
        TestSvid svid =
                CA.request("spiffe://example.org/web").algorithm(algorithm).issue();
        PrivateKey key = Pem.privateKey(svid.keyPem(), "key.pem");
        assertThat(KeyPairs.match(key, svid.leaf().getPublicKey())).isTrue();
        assertThat(KeyPairs.match(key, EC.leaf().getPublicKey())).isFalse();
    }

    @Test
    void theOlderFormsOfEcAndRsaKeysAreRead() {
        TestSvid rsa = CA.request("spiffe://example.org/web").algorithm("RSA").issue();

        belongs(Pem.privateKey(older("EC PRIVATE KEY", EC.key()), "key.pem"), EC);
        belongs(Pem.privateKey(older("RSA PRIVATE KEY", rsa.key()), "key.pem"), rsa);
    }

    /** As OpenSSL's {@code ecparam -genkey} writes it: curve, key; and certificates in the same file. */
    @Test
    void otherBlocksAndWordsAroundAreSteppedOver() {
        String text = "subject=CN = leaf\r\n" + EC.chainPem().replace("\n", "\r\n")
                + TestSvid.block("EC PARAMETERS", new byte[] {6, 1, 1}) + older("EC PRIVATE KEY", EC.key());

        belongs(Pem.privateKey(text, "all.pem"), EC);
        assertThat(Pem.certificates(text, "all.pem")).isEqualTo(EC.chain());
    }

    @Test
    void certificatesKeepTheirOrder() {
        TestSvid svid = CA.intermediate().intermediate().consulSvid("web");
        assertThat(Pem.certificates(svid.chainPem(), "cert.pem")).hasSize(3).isEqualTo(svid.chain());
    }

    @Test
    void whatIsMissingIsNamed() {
        refused(() -> Pem.certificates(EC.keyPem(), "cert.pem"), "cert.pem: no certificate in it");
        refused(() -> Pem.privateKey(EC.chainPem(), "key.pem"), "key.pem: no private key in it");
        refused(() -> Pem.privateKey("", "key.pem"), "key.pem: no private key in it");
    }

    @Test
    void whatCannotBeReadIsNamedWithItsLine() {
        refused(
                () -> Pem.privateKey("\n" + EC.keyPem().replace("-----END PRIVATE KEY-----\n", ""), "key.pem"),
                "key.pem:2: the PRIVATE KEY block does not end; is the file only half written?");
        refused(
                () -> Pem.certificates(
                        EC.chainPem() + "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----", "cert.pem"),
                "the CERTIFICATE block is not base64");
        refused(
                () -> Pem.certificates(TestSvid.block("CERTIFICATE", new byte[] {1, 2, 3}), "cert.pem"),
                "cert.pem:1: the certificate cannot be read");
        refused(() -> Pem.certificates("-----END CERTIFICATE-----", "cert.pem"), "cert.pem:1: an END line");
        refused(
                () -> Pem.privateKey(EC.keyPem() + EC.keyPem(), "key.pem"),
                "a second private key (the first is in line 1)");
        refused(() -> Pem.privateKey(TestSvid.block("DSA PRIVATE KEY", new byte[4]), "key.pem"), "'DSA PRIVATE KEY'");
        refused(
                () -> Pem.privateKey(TestSvid.block("ENCRYPTED PRIVATE KEY", new byte[4]), "key.pem"),
                "key.pem:1: the private key cannot be read: it is encrypted");
        refused(
                () -> Pem.privateKey(
                        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
                                + "-----END EC PRIVATE KEY-----",
                        "key.pem"),
                "it is encrypted");
    }

    @Test
    void aSpoiltKeyIsRefusedAndNeverQuoted() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] pkcs8 = EC.key().getEncoded();
        byte[] sec1 = sec1(EC.key());
        for (int i = 0; i < 4_000; i++) {
            boolean older = random.nextBoolean();
            byte[] der = (older ? sec1 : pkcs8).clone();
            int at = random.nextInt(der.length);
            if (random.nextBoolean()) {
                der = Arrays.copyOf(der, at);
            } else {
                der[at] = (byte) random.nextInt(256);
            }
            String text = TestSvid.block(older ? "EC PRIVATE KEY" : "PRIVATE KEY", der);
            try {
                Pem.privateKey(text, "key.pem");
            } catch (IllegalArgumentException e) {
                assertThat(e)
                        .as("seed %d", seed)
                        .hasMessageStartingWith("key.pem:1:")
                        .hasNoCause();
                String secret = Base64.getEncoder().encodeToString(der);
                if (secret.length() > 20) {
                    assertThat(e.toString()).doesNotContain(secret.substring(0, 20));
                }
            }
        }
    }

    @Test
    void anIdentityWhosePartsDoNotMatchIsRefused() {
        TestSvid other = CA.consulSvid("web");
        refused(
                () -> new Identity(EC.key(), other.chain(), CA.roots()),
                "the private key does not belong to the certificate of spiffe://example.org/ns/default/dc/dc1/svc/web");
        TestSvid nameless = CA.request().issue();
        refused(() -> new Identity(nameless.key(), nameless.chain(), CA.roots()), "no SPIFFE id");
    }

    private static void belongs(PrivateKey key, TestSvid svid) {
        assertThat(KeyPairs.match(key, svid.leaf().getPublicKey())).isTrue();
    }

    private static void refused(Runnable reading, String message) {
        assertThatIllegalArgumentException().isThrownBy(reading::run).withMessageContaining(message);
    }

    private static String older(String label, PrivateKey key) {
        return TestSvid.block(label, label.startsWith("EC") ? sec1(key) : inner(key));
    }

    private static byte[] inner(PrivateKey key) {
        try {
            return PrivateKeyInfo.getInstance(key.getEncoded())
                    .parsePrivateKey()
                    .toASN1Primitive()
                    .getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PKCS #8 keeps the curve outside, SEC 1 inside. */
    private static byte[] sec1(PrivateKey key) {
        try {
            ECPrivateKey bare = ECPrivateKey.getInstance(
                    PrivateKeyInfo.getInstance(key.getEncoded()).parsePrivateKey());
            return new ECPrivateKey(256, bare.getKey(), bare.getPublicKey(), X9ObjectIdentifiers.prime256v1)
                    .getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
