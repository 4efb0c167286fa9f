package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpsUrlsTest {
    private final HttpsUrls urls = new HttpsUrls();

    @ParameterizedTest
    @CsvSource({
        "http://inventory/, https://inventory/",
        "http://inventory:80/a, https://inventory/a",
        "http://inventory:8080/a?b=c#d, https://inventory:8080/a?b=c#d",
        "http://inventory:443/a, https://inventory/a",
        "http://me:secret@inventory/a%2Fb, https://me:secret@inventory/a%2Fb",
    })
    void onlyTheSchemeChangesAndThePortThatGoesWithIt(String http, String https) {
        assertThat(urls.of(HttpUrl.get(http))).isEqualTo(HttpUrl.get(https));
    }

    @Test
    void aUrlSeenBeforeIsNotWrittenAnew() {
        HttpUrl first = urls.of(HttpUrl.get("http://inventory/stock"));
        assertThat(urls.of(HttpUrl.get("http://inventory/stock"))).isSameAs(first);
    }

    @Test
    void noUrlIsTakenForAnother() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 1_000; i++) {
                assertThat(urls.of(HttpUrl.get("http://inventory/" + i)))
                        .isEqualTo(HttpUrl.get("https://inventory/" + i));
            }
        }
    }
}
