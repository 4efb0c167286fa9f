package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.endpoint.Endpoint;
import dev.weft.time.Time;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthAnswerTest {
    private static final String SOUND =
            "[{\"Node\":{\"Node\":\"n1\",\"Address\":\"10.0.0.1\",\"Meta\":{\"zone\":\"node-zone\"}},"
                    + "\"Service\":{\"ID\":\"a\",\"Address\":\"10.0.0.2\",\"Port\":81,\"Tags\":[\"x\"],\"Meta\":{\"zone\":\"z\"},"
                    + "\"Weights\":{\"Passing\":3,\"Warning\":1}},\"Checks\":[{\"CheckID\":\"c\",\"Status\":\"passing\"}]},"
                    + "{\"Node\":{\"Node\":\"n2\",\"Address\":\"10.0.0.3\",\"Meta\":{\"zone\":\"node-zone\"}},"
                    + "\"Service\":{\"ID\":\"b\",\"Address\":\"\",\"Port\":82,\"Tags\":null,\"Meta\":null},\"Checks\":null}]";

    private static final ConsulConfig CONFIG = new ConsulConfig(
            List.of(HttpUrl.get("http://127.0.0.1:1")),
            () -> null,
            null,
            null,
            Duration.ofSeconds(60),
            null,
            "zone",
            "version",
            Time.system());

    @Test
    void theZoneOfTheServiceGoesBeforeThatOfItsNode() throws Exception {
        assertThat(read(SOUND).endpoints()).extracting(Endpoint::zone).containsExactly("z", "node-zone");
    }

    @Test
    void ofTwoRegistrationsOfOneAddressTheHealthierStays() throws Exception {
        String twice =
                "[" + entry("a", 81, "critical") + "," + entry("b", 81, "warning") + "," + entry("c", 82, "x") + "]";
        assertThat(read(twice).endpoints())
                .extracting(e -> e.metadata().get("consul.id") + " " + e.health())
                .containsExactly("b DEGRADED", "c UNHEALTHY");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65_536, Integer.MAX_VALUE})
    void aServerWhoseWeightIsNoneIsLeftOutAndNamed(int weight) throws Exception {
        String odd = entry("a", 81, "passing")
                .replace("\"Port\":81", "\"Port\":81,\"Weights\":{\"Passing\":" + weight + "}");
        HealthAnswer read = read("[" + odd + "," + entry("b", 82, "passing") + "]");
        assertThat(read.endpoints()).extracting(Endpoint::port).containsExactly(82);
        assertThat(read.skipped())
                .containsExactly("'a' on node 'n': endpoint 10.0.0.1:81: weight " + weight + " is not in 0..65535");
    }

    @Test
    void theOrderInWhichConsulListsThemDoesNotMatter() throws Exception {
        String one = entry("a", 81, "passing");
        String two = entry("b", 82, "passing");
        assertThat(read("[" + one + "," + two + "]")).isEqualTo(read("[" + two + "," + one + "]"));
    }

    @Test
    void whateverTheBytesItIsAnAnswerOrAReason() {
        byte[] sound = SOUND.getBytes(StandardCharsets.UTF_8);
        for (long seed = 1; seed <= 3000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = sound.clone();
            for (int i = 0; i <= random.nextInt(4); i++) {
                bytes[random.nextInt(bytes.length)] = (byte)
                        (random.nextBoolean() ? "[]{}\",:0-e\\ntf".charAt(random.nextInt(14)) : random.nextInt(256));
            }
            try {
                HealthAnswer read = HealthAnswer.read(answer(bytes), CONFIG);
                assertThat(read.endpoints().size() + read.skipped().size())
                        .as("seed %s", seed)
                        .isLessThanOrEqualTo(3);
            } catch (ConsulException e) {
                assertThat(e.getMessage()).as("seed %s", seed).startsWith("GET /test is not the JSON expected");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static String entry(String id, int port, String status) {
        return "{\"Node\":{\"Node\":\"n\",\"Address\":\"10.0.0.1\"},\"Service\":{\"ID\":\"" + id + "\",\"Port\":" + port
                + "},\"Checks\":[{\"Status\":\"" + status + "\"}]}";
    }

    private static HealthAnswer read(String body) throws ConsulException {
        return HealthAnswer.read(answer(body.getBytes(StandardCharsets.UTF_8)), CONFIG);
    }

    private static Answer answer(byte[] body) {
        return new Answer("GET /test", 200, 1, true, 0, false, body);
    }
}
