package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.policy.Policy;
import io.opentelemetry.context.Context;
import java.time.Duration;
import okhttp3.Protocol;
import okhttp3.Request;
import org.junit.jupiter.api.Test;

/** A leg of a race that is cut off costs its connection, and that is to be worth it. */
class LeastLateTest {
    private static Duration leastLate(Rig rig, String url) {
        Request request = new Request.Builder().url(url).build();
        Call call = new Call(request, Policy.builtIn("inventory"), Pace.blocking(rig.time), Context.root());
        return Duration.ofNanos(rig.wire.leastLateNanos(call.newAttempt()));
    }

    @Test
    void theMoreAConnectionCostsTheLaterIsLate() {
        try (Rig rig = new Rig(1)) {
            assertThat(leastLate(rig, "http://inventory/")).isEqualTo(Duration.ofMillis(10));
            assertThat(leastLate(rig, "https://inventory/")).isEqualTo(Duration.ofMillis(30));
        }
    }

    @Test
    void whereRequestsShareAConnectionNothingIsLost() {
        try (Rig rig = new Rig(1)) {
            rig.wire.spoken("inventory", Protocol.H2_PRIOR_KNOWLEDGE);
            assertThat(leastLate(rig, "http://inventory/")).isZero();
            assertThat(leastLate(rig, "https://inventory/")).isZero();
        }
    }
}
