package dev.weft.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever happens to a policy text, it is read or refused with a place: nothing else, and soon. */
class PolicyMutationTest {
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        "? ",
        "&a ",
        "*a",
        "!!set ",
        "!",
        "|",
        ">",
        "'",
        "\"",
        "\\",
        "#",
        "%YAML 1.2\n",
        "%TAG ! tag:x,2000:\n",
        "---",
        "...",
        "\t",
        "\r",
        "\n",
        "\n\n  ",
        "\u0000",
        "\uFEFF",
        "\u2028",
        "\uD83D\uDE00",
        "<<: ",
        "null",
        "~",
        "-1s",
        "1e9",
        ".nan",
        "0x1F",
        "off",
        "@",
        "`",
        ",",
        "\u0085",
        "routes:",
        "match:",
        "retry:"
    };

    @Test
    @Timeout(120)
    void mutatedPolicyIsReadOrRefusedWithALine() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int refusals = 0;
        for (int i = 0; i < 8_000; i++) {
            byte[] text = mutate(Samples.POLICY.getBytes(StandardCharsets.UTF_8), random);
            refusals += refused(text, "seed " + seed + ", round " + i) ? 1 : 0;
        }
        assertThat(refusals).as("refusals with seed %d", seed).isBetween(1_000, 8_000);
    }

    @Test
    @Timeout(120)
    void randomTextOfYamlSignsIsReadOrRefusedWithALine() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(200); n > 0; n--) {
                text.append(PIECES[random.nextInt(PIECES.length)]);
            }
            refused(text.toString().getBytes(StandardCharsets.UTF_8), "seed " + seed + ", round " + i);
        }
    }

    @Test
    @Timeout(60)
    void onePieceRepeatedToTheLimitIsReadOrRefusedSoon() {
        for (String piece : PIECES) {
            String text = piece.repeat(SourceText.LIMIT_BYTES / piece.getBytes(StandardCharsets.UTF_8).length);
            assertTimeout(
                    Duration.ofSeconds(20),
                    () -> refused(text.getBytes(StandardCharsets.UTF_8), "repeated " + piece),
                    piece);
        }
    }

    @Test
    void textFullOfRulesAndServicesIsReadSoon() {
        StringBuilder services = new StringBuilder("services:\n");
        while (services.length() < SourceText.LIMIT_BYTES - 100) {
            int n = services.length();
            services.append("  s")
                    .append(n)
                    .append(": {routes: [{name: a, match: {path: /")
                    .append(n)
                    .append("}}]}\n");
        }
        StringBuilder routes = new StringBuilder("services: {a: {routes: [\n");
        for (int i = 0; i < 1_000; i++) {
            routes.append("{name: r")
                    .append(i)
                    .append(", match: {path: /*/")
                    .append(i)
                    .append("/**}},\n");
        }
        StringBuilder more = new StringBuilder(routes);
        more.append("{name: last, match: {path: /last}}]}}");
        routes.append("]}}");
        assertTimeout(Duration.ofSeconds(20), () -> {
            assertThat(refused(services.toString().getBytes(StandardCharsets.UTF_8), "services"))
                    .isFalse();
            assertThat(refused(routes.toString().getBytes(StandardCharsets.UTF_8), "routes"))
                    .isFalse();
            assertThat(refused(more.toString().getBytes(StandardCharsets.UTF_8), "too many routes"))
                    .isTrue();
        });
    }

    private static boolean refused(byte[] text, String what) {
        try {
            PolicyDocument.parse(new PolicyText("policy.yaml", text, 0), Samples.SETTINGS);
            return false;
        } catch (PolicyRefused e) {
            assertThat(e.errors()).as(what).isNotEmpty();
            assertThat(e.errors()).as(what).allSatisfy(error -> {
                assertThat(error.line()).isPositive();
                assertThat(error.column()).isPositive();
                assertThat(error.toString()).doesNotContain("\n");
            });
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            assertThatCode(() -> {
                        throw e;
                    })
                    .as("%s:%n%s", what, new String(text, StandardCharsets.UTF_8))
                    .doesNotThrowAnyException();
            return false;
        }
    }

    private static byte[] mutate(byte[] text, Random random) {
        byte[] changed = text;
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(changed.length);
            int end = Math.min(changed.length, at + random.nextInt(12));
            byte[] piece = switch (random.nextInt(4)) {
                case 0 -> new byte[0];
                case 1 -> new byte[] {(byte) random.nextInt(256)};
                case 2 -> PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8);
                default -> java.util.Arrays.copyOfRange(changed, at, Math.min(changed.length, at + 40));
            };
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(changed, 0, at);
            out.writeBytes(piece);
            int rest = random.nextBoolean() ? at : end;
            out.write(changed, rest, changed.length - rest);
            changed = out.size() == 0 ? text : out.toByteArray();
        }
        return changed;
    }
}
