package dev.weft.identity;

import dev.weft.identity.PeerRefused.Reason;
import dev.weft.testkit.TestCa;
import dev.weft.testkit.TestSvid;
import dev.weft.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/** Every kind of certificate that a SPIFFE peer must refuse, as shown by a service named {@code web}. */
final class BadPeers {
    static final TestCa CA = TestCa.root("example.org");

    private static final Instant NOW = Time.system().now();
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String WEB = "spiffe://example.org/ns/default/dc/dc1/svc/web";

    private BadPeers() {}

    /** Reason, words of the message, what is shown; for a server as well as for a client. */
    static Stream<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        add(all, Reason.NO_SPIFFE_ID, "holds no SPIFFE id", CA.request().issue());
        add(all, Reason.SEVERAL_IDS, "holds 2 URIs", CA.request(WEB, WEB + "2").issue());
        add(
                all,
                Reason.MALFORMED_ID,
                "does not begin with",
                CA.request("https://example.org/web").issue());
        add(all, Reason.MALFORMED_ID, "no query", CA.request(WEB + "?a=b").issue());
        add(
                all,
                Reason.MALFORMED_ID,
                "names a trust domain",
                CA.request("spiffe://example.org").issue());
        add(
                all,
                Reason.AUTHORITY_AS_LEAF,
                "CA:TRUE",
                CA.request(WEB).authority().issue());
        add(
                all,
                Reason.KEY_USAGE,
                "lacks digitalSignature",
                CA.request(WEB).usage(0).issue());
        add(
                all,
                Reason.KEY_USAGE,
                "keyCertSign or cRLSign",
                CA.request(WEB)
                        .usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign)
                        .issue());
        add(
                all,
                Reason.KEY_USAGE,
                "keyCertSign or cRLSign",
                CA.request(WEB)
                        .usage(KeyUsage.digitalSignature | KeyUsage.cRLSign)
                        .issue());
        add(
                all,
                Reason.EXTENDED_KEY_USAGE,
                "lacks serverAuth or clientAuth",
                CA.request(WEB).purposes(KeyPurposeId.id_kp_serverAuth).issue());
        add(
                all,
                Reason.EXTENDED_KEY_USAGE,
                "lacks serverAuth or clientAuth",
                CA.request(WEB).purposes(KeyPurposeId.id_kp_clientAuth).issue());
        add(
                all,
                Reason.WRONG_TRUST_DOMAIN,
                "(known: example.org, peered.org)",
                TestCa.root("elsewhere.org").consulSvid("web"));
        add(
                all,
                Reason.NOT_YET_VALID,
                "is not valid before",
                CA.request(WEB)
                        .valid(NOW.plus(HOUR), NOW.plus(HOUR.multipliedBy(2)))
                        .issue());
        add(
                all,
                Reason.EXPIRED,
                "expired at",
                CA.request(WEB).valid(NOW.minus(HOUR), NOW.minusSeconds(60)).issue());
        add(
                all,
                Reason.SELF_SIGNED,
                "signed by itself",
                CA.request(WEB).selfSigned().issue());
        add(
                all,
                Reason.UNKNOWN_ISSUER,
                "does not lead to a root of the trust domain example.org",
                TestCa.root("example.org").consulSvid("web"));
        add(
                all,
                Reason.UNKNOWN_ISSUER,
                "does not lead to a root",
                // A root that is trusted, for another trust domain than that of the leaf.
                PEERED.request(WEB).issue());
        add(all, Reason.UNKNOWN_ISSUER, "does not lead to a root", withoutIntermediate());
        add(
                all,
                Reason.WRONG_ISSUER,
                "may not sign certificates",
                CA.intermediate(NOW.minus(HOUR), NOW.plus(HOUR), false).consulSvid("web"));
        add(all, Reason.WRONG_ISSUER, "may not sign certificates", signedByALeaf());
        add(
                all,
                Reason.EXPIRED,
                "the issuer",
                CA.intermediate(NOW.minus(HOUR), NOW.minusSeconds(60), true).consulSvid("web"));
        return all.stream();
    }

    static final TestCa PEERED = TestCa.root("peered.org");

    private static void add(List<Arguments> all, Reason reason, String words, TestSvid shown) {
        all.add(Arguments.of(reason, words, shown));
    }

    private static TestSvid withoutIntermediate() {
        TestSvid whole = CA.intermediate().consulSvid("web");
        return new TestSvid(whole.key(), List.of(whole.leaf()));
    }

    /** A good leaf that plays the authority. */
    private static TestSvid signedByALeaf() {
        return CA.consulSvid("web").issuing(CA).consulSvid("web");
    }

    static @Nullable Reason reasonOf(Throwable failure) {
        PeerRefused refused = PeerRefused.in(failure);
        return refused == null ? null : refused.reason();
    }
}
