package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Pushback;
import dev.weft.testkit.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryHintsTest {
    private static final long SEED = 11;

    private final FakeTime time = new FakeTime(Instant.parse("2026-11-21T08:00:00Z"), 5);
    private final RetryHints hints = new RetryHints(time, new Random(SEED));

    private Pushback of(String name, String value) {
        return hints.of(new Response.Builder()
                .request(new Request.Builder().url("http://inventory/").build())
                .protocol(Protocol.HTTP_1_1)
                .code(503)
                .message("")
                .header(name, value)
                .build());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1,1", "300,300", "007,7"})
    void secondsAreTheLeastToWait(String value, long seconds) {
        for (int i = 0; i < 100; i++) {
            Pushback pushback = of("Retry-After", value);
            assertThat(pushback.allowed()).isTrue();
            assertThat(pushback.stated()).isTrue();
            assertThat(pushback.waitNanos())
                    .as("seed %d", SEED)
                    .isBetween(
                            Duration.ofSeconds(seconds).toNanos(),
                            Duration.ofMillis(seconds * 1500).toNanos());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Sat, 21 Nov 2026 08:00:10 GMT", "Saturday, 21-Nov-26 08:00:10 GMT", "Sat Nov 21 08:00:10 2026"})
    void aDateInAnyFormOfHttpIsTheEarliest(String value) {
        assertThat(of("Retry-After", value).waitNanos())
                .isBetween(
                        Duration.ofSeconds(10).toNanos(), Duration.ofSeconds(15).toNanos());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "99999999999999999999", "1.5", "soon", "1 s", "Sat, 21 Nov 2026 07:59:00 GMT"})
    void whatIsMalformedOrPastIsIgnored(String value) {
        assertThat(of("Retry-After", value)).isEqualTo(Pushback.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "301",
                "999999999",
                "Sat, 21 Nov 2026 09:00:00 GMT",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "Sat, 99 Nov 2026 08:00:10 GMT"
            })
    void whatIsFarAwayIsCutShort(String value) {
        assertThat(of("Retry-After", value))
                .isEqualTo(Pushback.rest(Duration.ofMinutes(5).toNanos()));
    }

    @ParameterizedTest
    @CsvSource({"Mesh-Retry,no", "mesh-retry,No", "x-envoy-overloaded,true"})
    void aServerCanForbidIt(String name, String value) {
        assertThat(of(name, value)).isEqualTo(Pushback.FORBIDDEN);
    }

    @Test
    void otherWordsForbidNothing() {
        assertThat(of("Mesh-Retry", "yes")).isEqualTo(Pushback.NONE);
    }

    @Test
    void strangeHeadersAreNeverAnError() {
        Random random = new Random(SEED);
        for (int i = 0; i < 2000; i++) {
            StringBuilder value = new StringBuilder();
            for (int c = random.nextInt(40); c > 0; c--) {
                value.append((char) (' ' + random.nextInt(95)));
            }
            assertThat(of("Retry-After", value.toString()).waitNanos())
                    .as("seed %d: %s", SEED, value)
                    .isBetween(0L, Duration.ofMinutes(5).toNanos());
        }
    }
}
