package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Call;
import dev.weft.call.Pace;
import dev.weft.observe.Propagation;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.time.Duration;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.Test;

class OutgoingTest {
    private final FakeTime time = new FakeTime();
    private final Outgoing outgoing = new Outgoing(Propagation.of(OpenTelemetry.noop()));

    private Call attempt(Request request, Context context) {
        return new Call(request, Policy.builtIn("inventory"), Pace.blocking(time), context).newAttempt();
    }

    @Test
    void withoutAnythingToSayTheRequestIsAsItWas() {
        Request asked = Rig.get("/stock")
                .newBuilder()
                .header("Accept", "text/plain")
                .tag(String.class, "mine")
                .post(RequestBody.create("{}", null))
                .build();
        Request sent = outgoing.request(attempt(asked, Context.root()), time.nanos(), false, 0);
        assertThat(sent.headers()).isEqualTo(asked.headers());
        assertThat(sent.url()).isEqualTo(asked.url());
        assertThat(sent.body()).isSameAs(asked.body());
        assertThat(sent.tag(String.class)).isEqualTo("mine");
    }

    @Test
    void theMarginIsTakenOffTheTimeThatIsToldButNeverMoreThanHalf() {
        Call attempt = attempt(Rig.get("/"), Context.root());
        attempt.shorten(attempt.startNanos() + Duration.ofMillis(50).toNanos());
        Request sent = outgoing.request(
                attempt, attempt.startNanos(), false, Duration.ofMillis(20).toNanos());
        assertThat(sent.header("Grpc-Timeout")).isEqualTo("30000000n");
        assertThat(outgoing.request(
                                attempt,
                                attempt.startNanos(),
                                false,
                                Duration.ofMillis(60).toNanos())
                        .header("Grpc-Timeout"))
                .isEqualTo("25000000n");
    }

    @Test
    void traceAndBaggageGoAlong() {
        SpanContext span = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());
        Context context = Context.root()
                .with(Span.wrap(span))
                .with(Baggage.builder().put("tenant", "a b").build());
        Request sent = outgoing.request(attempt(Rig.get("/"), context), time.nanos(), false, 0);
        assertThat(sent.header("traceparent")).isEqualTo("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assertThat(sent.header("baggage")).startsWith("tenant=a");
    }

    @Test
    void aHeaderThatCannotBeWrittenIsLeftOut() {
        Request.Builder request = Rig.get("/").newBuilder();
        outgoing.set(request, "baggage", "line\nbreak");
        outgoing.set(request, "traceparent", "fine");
        assertThat(request.build().headers().names()).containsExactly("traceparent");
    }

    @Test
    void anUpgradeChangesTheSchemeAndNothingElse() {
        Request asked =
                new Request.Builder().url("http://inventory:7777/a%20b?q=1#f").build();
        Request sent = outgoing.request(attempt(asked, Context.root()), time.nanos(), true, 0);
        assertThat(sent.url().toString()).isEqualTo("https://inventory:7777/a%20b?q=1#f");
        Request plain = new Request.Builder().url("http://inventory/").build();
        assertThat(outgoing.request(attempt(plain, Context.root()), time.nanos(), true, 0)
                        .url()
                        .toString())
                .isEqualTo("https://inventory/");
    }
}
