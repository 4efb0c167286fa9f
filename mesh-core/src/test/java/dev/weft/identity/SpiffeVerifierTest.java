package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.weft.identity.PeerRefused.Reason;
import dev.weft.testkit.TestCa;
import dev.weft.testkit.TestSvid;
import dev.weft.time.Time;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SpiffeVerifierTest {
    private static final TestCa CA = TestCa.root("example.org");
    private static final Instant NOW = Time.system().now();

    private final SpiffeVerifier verifier = new SpiffeVerifier(CA.roots());

    @Test
    void aChainOfSeveralIntermediatesIsFollowedInAnyOrder() throws Exception {
        TestSvid svid = CA.intermediate().intermediate().intermediate().consulSvid("web");
        long seed = new Random().nextLong();
        List<X509Certificate> others = new ArrayList<>(svid.chain().subList(1, 4));
        Collections.shuffle(others, new Random(seed));
        List<X509Certificate> shuffled = new ArrayList<>(List.of(svid.leaf()));
        shuffled.addAll(others);
        // Certificates that lead nowhere do no harm.
        shuffled.add(TestCa.root("example.org").certificate());

        assertThat(verifier.verify(shuffled.toArray(X509Certificate[]::new), NOW))
                .as("seed %d", seed)
                .isEqualTo(SpiffeId.of(svid.leaf()));
    }

    @Test
    void whileARootIsReplacedBothLeadToALeaf() throws Exception {
        TestCa next = TestCa.root("example.org");
        TestSvid old = CA.consulSvid("web");
        TestSvid crossed = next.crossSignedBy(CA).consulSvid("web");
        SpiffeVerifier both = new SpiffeVerifier(Map.of("example.org", Set.of(CA.certificate(), next.certificate())));
        SpiffeVerifier onlyNext = new SpiffeVerifier(next.roots());

        assertThat(both.verify(chain(old), NOW)).isNotNull();
        assertThat(both.verify(chain(crossed), NOW)).isNotNull();
        assertThat(verifier.verify(chain(crossed), NOW)).isNotNull();
        assertThat(onlyNext.verify(chain(crossed), NOW)).isNotNull();
        refused(onlyNext, chain(old), NOW, Reason.UNKNOWN_ISSUER);
    }

    @Test
    void noCertificateIsNamedAsSuch() {
        refused(verifier, null, NOW, Reason.NO_CERTIFICATE);
        refused(verifier, new X509Certificate[0], NOW, Reason.NO_CERTIFICATE);
    }

    @Test
    void aKeyThatMayNotSignIsRefused() {
        TestSvid svid = CA.request("spiffe://example.org/web")
                .usage(KeyUsage.keyAgreement)
                .issue();
        refused(verifier, chain(svid), NOW, Reason.KEY_USAGE);
    }

    @Test
    void theClockThatCountsIsTheGivenOne() throws Exception {
        TestSvid svid = CA.consulSvid("web");
        Instant until = svid.leaf().getNotAfter().toInstant();
        Instant from = svid.leaf().getNotBefore().toInstant();

        assertThat(verifier.verify(chain(svid), from)).isNotNull();
        assertThat(verifier.verify(chain(svid), until)).isNotNull();
        refused(verifier, chain(svid), from.minusMillis(1), Reason.NOT_YET_VALID);
        refused(verifier, chain(svid), until.plusMillis(1), Reason.EXPIRED);
    }

    @Test
    void aRootThatHasExpiredLeadsNowhere() {
        TestCa shortLived = TestCa.root("example.org", NOW.minus(Duration.ofDays(2)), NOW.minus(Duration.ofDays(1)));
        refused(
                new SpiffeVerifier(shortLived.roots()),
                chain(shortLived.consulSvid("web")),
                NOW,
                Reason.UNKNOWN_ISSUER);
    }

    @Test
    void aLeafIsNoRootEvenWhereItIsListedAsOne() {
        TestSvid svid = CA.consulSvid("web");
        SpiffeVerifier listed = new SpiffeVerifier(Map.of("example.org", Set.of(svid.leaf())));
        refused(listed, chain(svid), NOW, Reason.UNKNOWN_ISSUER);
    }

    /** A flipped bit anywhere is a refusal or, outside of what is signed and looked at, no change of identity. */
    @Test
    void aForgedCertificateNeverPasses() throws Exception {
        TestSvid svid = CA.consulSvid("web");
        byte[] good = svid.leaf().getEncoded();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Set<Reason> reasons = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            X509Certificate forged;
            try {
                forged = Pem.certificates(TestSvid.block("CERTIFICATE", bad), "forged")
                        .get(0);
            } catch (IllegalArgumentException e) {
                continue;
            }
            try {
                assertThat(verifier.verify(new X509Certificate[] {forged}, NOW))
                        .as("seed %d, round %d", seed, i)
                        .isEqualTo(SpiffeId.of(svid.leaf()));
                assertThat(forged.getTBSCertificate())
                        .as("seed %d, round %d", seed, i)
                        .isEqualTo(svid.leaf().getTBSCertificate());
            } catch (PeerRefused e) {
                reasons.add(e.reason());
            }
        }
        assertThat(reasons).as("seed %d", seed).contains(Reason.UNKNOWN_ISSUER);
    }

    private static X509Certificate[] chain(TestSvid svid) {
        return svid.chain().toArray(X509Certificate[]::new);
    }

    private static void refused(
            SpiffeVerifier verifier, X509Certificate @Nullable [] chain, Instant at, Reason reason) {
        assertThatExceptionOfType(PeerRefused.class)
                .isThrownBy(() -> verifier.verify(chain, at))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
