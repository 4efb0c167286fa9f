package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.RequestPart;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestPartsTest {
    private final Request request = new Request.Builder()
            .url("http://inventory/items/7%2F8?user=secret")
            .header("X-User", "ann")
            .addHeader("Cookie", "a=1; session=abc ;bb=; name=x=y")
            .addHeader("cookie", "late=2")
            .build();

    @ParameterizedTest
    @CsvSource({"a, 1", "session, abc", "bb, ''", "name, x=y", "late, 2", "b, ", "abc, ", "sess, "})
    void cookiesAreFoundByTheirWholeName(String name, @Nullable String value) {
        assertThat(RequestParts.read(request, RequestPart.COOKIE, name)).isEqualTo(value);
    }

    @Test
    void headersAreFoundInAnyCaseAndThePathIsAsSentWithoutItsQuery() {
        assertThat(RequestParts.read(request, RequestPart.HEADER, "x-user")).isEqualTo("ann");
        assertThat(RequestParts.read(request, RequestPart.HEADER, "x-other")).isNull();
        assertThat(RequestParts.read(request, RequestPart.PATH, "")).isEqualTo("/items/7%2F8");
    }
}
