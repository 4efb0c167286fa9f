package dev.weft.http;

import static dev.weft.http.Rig.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.policy.Policy;
import io.opentelemetry.context.Context;
import java.util.List;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request's method says of sending it twice: nobody minds when, the end is the same, or neither. */
class RequestKindsTest {
    private final Rig rig = new Rig();

    @AfterEach
    void stop() {
        rig.close();
    }

    private Call call(Request request) {
        return new Call(request, Policy.builtIn("inventory"), Pace.blocking(rig.time), Context.root());
    }

    private static Request request(String method) {
        boolean bodied = "POST".equals(method) || "PUT".equals(method) || "PATCH".equals(method);
        return get("/stock")
                .newBuilder()
                .method(method, bodied ? RequestBody.create(new byte[1]) : null)
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,     true,  true",
        "HEAD,    true,  true",
        "OPTIONS, true,  true",
        "TRACE,   true,  true",
        "PUT,     false, true",
        "DELETE,  false, true",
        "POST,    false, false",
        "PATCH,   false, false",
        "LINK,    false, false",
    })
    void byMethod(String method, boolean safe, boolean idempotent) {
        Call call = call(request(method));

        assertThat(rig.wire.safe(call)).isEqualTo(safe);
        assertThat(rig.wire.hedgeable(call)).isEqualTo(safe);
        assertThat(rig.wire.idempotent(call)).isEqualTo(idempotent);
    }

    @Test
    void aKeyMakesItTheSameTwiceAndStillNotHarmless() {
        for (String method : List.of("POST", "PUT")) {
            Call keyed = call(
                    request(method).newBuilder().header("Idempotency-Key", "1").build());

            assertThat(rig.wire.idempotent(keyed)).isTrue();
            assertThat(rig.wire.hedgeable(keyed)).isTrue();
            assertThat(rig.wire.safe(keyed)).isFalse();
        }
    }
}
