package dev.weft.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.weft.testkit.TestCa;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "spiffe://example.org",
                "spiffe://example.org/web",
                "spiffe://11111111-2222-3333-4444-555555555555.consul/ns/default/dc/dc1/svc/web",
                "spiffe://under_score.example/A-b_c.D/...",
            })
    void whatTheStandardAllowsIsReadAndPrintedAlike(String id) {
        assertThat(SpiffeId.parse(id)).hasToString(id);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                             | does not begin with
            https://example.org/web        | does not begin with
            SPIFFE://example.org/web       | does not begin with
            spiffe:/example.org/web        | does not begin with
            spiffe:///web                  | trust domain is empty
            spiffe://                      | trust domain is empty
            spiffe://Example.org/web       | no capitals
            spiffe://example.org:8443/web  | no port
            spiffe://user@example.org/web  | no user
            spiffe://exämple.org/web       | trust domain has
            spiffe://example.org?x=1       | trust domain has
            spiffe://example.org/          | ends with a slash
            spiffe://example.org/web/      | ends with a slash
            spiffe://example.org//web      | empty segment
            spiffe://example.org/a/../b    | segment '..'
            spiffe://example.org/./b       | segment '.'
            spiffe://example.org/web?x=1   | no query
            spiffe://example.org/web#top   | no fragment
            spiffe://example.org/we%62     | no '%'
            spiffe://example.org/wéb       | path has
            'spiffe://example.org/web '    | path has
            """)
    void whatTheStandardForbidsIsRefusedWithTheReason(String id, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpiffeId.parse(id))
                .withMessageContaining(reason)
                .withMessageContaining("'" + id + "'");
    }

    @Test
    void lengthsAreLimited() {
        String longest = "spiffe://" + "a".repeat(255) + "/";
        assertThat(SpiffeId.parse(longest + "b".repeat(2048 - longest.length())).trustDomain())
                .hasSize(255);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpiffeId.parse(longest + "b".repeat(2049 - longest.length())))
                .withMessageContaining("2048");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpiffeId.parse("spiffe://" + "a".repeat(256)))
                .withMessageContaining("255");
    }

    @Test
    void anyTextIsEitherReadAndPrintedAlikeOrRefused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String alphabet = "aZ09.-_/%?#@: é\u0000";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextInt(10) == 0 ? "" : "spiffe://");
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(random.nextBoolean() ? 6 : alphabet.length())));
            }
            String id = text.toString();
            try {
                assertThat(SpiffeId.parse(id)).as("seed %d", seed).hasToString(id);
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("not a SPIFFE id");
            }
        }
    }

    @Test
    void aCertificateHasExactlyOneId() {
        TestCa ca = TestCa.root("example.org");

        assertThat(SpiffeId.of(ca.consulSvid("web").leaf()))
                .isEqualTo(SpiffeId.ofConsul("example.org", "default", "dc1", "web"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpiffeId.of(ca.request().issue().leaf()))
                .withMessageContaining("no URI");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpiffeId.of(ca.request("spiffe://example.org/a", "spiffe://example.org/b")
                        .issue()
                        .leaf()))
                .withMessageContaining("2 URIs");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SpiffeId.of(ca.request("https://example.org/a").issue().leaf()))
                .withMessageContaining("not a SPIFFE id");
    }
}
