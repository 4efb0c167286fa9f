package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static dev.weft.grpc.Replica.end;
import static dev.weft.grpc.Replica.metadata;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Fate;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent again, when, and what the server is told of it. */
@Timeout(60)
class RetriesTest {
    private final AtomicInteger failing = new AtomicInteger();
    private final Attempts attempts = new Attempts();
    private Status status = Status.UNAVAILABLE.withDescription("not now");
    private Metadata trailers = new Metadata();
    private final Replica server =
            new Replica((call, headers) -> failing.getAndDecrement() > 0 ? end(call, status, trailers) : echo(call));
    private @Nullable Mesh mesh;

    @AfterEach
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
        server.close();
    }

    private Channel channel(UnaryOperator<MeshBuilder> more) {
        mesh = more.apply(Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("deadline.total", "50s")
                        .stack(stack -> stack.before(Slot.WIRE, attempts))
                        .resolver(StaticResolver.empty().with("inventory", server.address())))
                .start();
        return MeshGrpc.create(mesh).channel("inventory");
    }

    /** Whoever goes by the back-off waits longer than the test. */
    private Channel patient() {
        return channel(builder -> builder.set("retry.backoff.base", "1m").set("retry.backoff.cap", "5m"));
    }

    private Channel prompt() {
        return channel(builder -> builder.set("retry.backoff.base", "1ms"));
    }

    private static String get(Channel channel, String request) {
        return ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, request);
    }

    @Test
    void theServerIsToldWhichAttemptItIs() {
        failing.set(2);

        assertThat(get(prompt(), "bolts")).isEqualTo("echo of bolts");

        assertThat(server.header(0, "grpc-previous-rpc-attempts")).isEqualTo("null");
        assertThat(server.header(1, "grpc-previous-rpc-attempts")).isEqualTo("1");
        assertThat(server.header(2, "grpc-previous-rpc-attempts")).isEqualTo("2");
        assertThat(server.header(2, "mesh-attempt")).isEqualTo("3;reason=unavailable");
    }

    @Test
    void theLastStatusComesWholeWithItsDetails() {
        failing.set(9);
        byte[] details = "google.rpc.Status".getBytes(StandardCharsets.US_ASCII);
        Metadata.Key<byte[]> key = Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
        trailers.put(key, details);

        assertThatThrownBy(() -> get(prompt(), "bolts"))
                .isInstanceOfSatisfying(StatusRuntimeException.class, failed -> {
                    assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                    assertThat(failed.getStatus().getDescription()).isEqualTo("not now");
                    assertThat(failed.getTrailers()).isNotNull();
                    assertThat(failed.getTrailers().get(key)).isEqualTo(details);
                });

        assertThat(server.asked()).isEqualTo(3);
        assertThat(attempts.last().fate()).isEqualTo(Fate.FAILED_ATTEMPTS_EXHAUSTED);
    }

    @Test
    void pushbackIsWaitedForInPlaceOfTheBackoff() {
        failing.set(2);
        trailers = metadata("grpc-retry-pushback-ms", "1");

        assertThat(get(patient(), "bolts")).isEqualTo("echo of bolts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "soon", "99999999999"})
    void pushbackThatIsNegativeOrNoNumberForbidsToTryAgain(String pushback) {
        failing.set(1);
        trailers = metadata("grpc-retry-pushback-ms", pushback);

        assertThatThrownBy(() -> get(prompt(), "bolts")).hasMessageContaining("not now");

        assertThat(server.asked()).isEqualTo(1);
    }

    @Test
    void whoIsThrottledIsTriedAgainOnlyIfTheServerSaysWhen() {
        status = Status.RESOURCE_EXHAUSTED.withDescription("slowly");
        failing.set(1);
        Channel channel = prompt();

        assertThatThrownBy(() -> get(channel, "bolts")).hasMessageContaining("slowly");
        assertThat(server.asked()).isEqualTo(1);

        failing.set(1);
        trailers = metadata("grpc-retry-pushback-ms", "0");
        assertThat(get(channel, "bolts")).isEqualTo("echo of bolts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INTERNAL", "ABORTED", "RESOURCE_EXHAUSTED", "CANCELLED"})
    void whatPolicyNamesIsTriedAgainToo(String name) {
        status = Status.Code.valueOf(name).toStatus();
        failing.set(2);
        Channel channel = channel(builder -> builder.set("retry.backoff.base", "1ms")
                .set("retry.alsoOn", "[500, INTERNAL, ABORTED, RESOURCE_EXHAUSTED, CANCELLED]"));

        assertThat(get(channel, "bolts")).isEqualTo("echo of bolts");

        assertThat(server.asked()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INTERNAL", "ABORTED", "UNKNOWN", "CANCELLED", "DEADLINE_EXCEEDED", "DATA_LOSS"})
    void whatPolicyDoesNotNameIsNot(String name) {
        status = Status.Code.valueOf(name).toStatus();
        failing.set(1);

        assertThatThrownBy(() -> get(prompt(), "bolts"))
                .extracting(failed -> Status.fromThrowable(failed).getCode())
                .isEqualTo(status.getCode());

        assertThat(server.asked()).isEqualTo(1);
    }

    @Test
    void whatTheCallerGotWrongIsAnAnswer() {
        status = Status.NOT_FOUND.withDescription("no bolts");
        failing.set(1);

        assertThatThrownBy(() -> get(prompt(), "bolts")).hasMessageContaining("no bolts");

        assertThat(server.asked()).isEqualTo(1);
        assertThat(attempts.last().fate()).isEqualTo(Fate.SUCCESS);
    }

    @Test
    void nothingIsSentAgainOnceTheServersHeadersCame() {
        AtomicInteger asked = new AtomicInteger();
        try (Replica early = new Replica((call, headers) -> {
            asked.incrementAndGet();
            call.sendHeaders(new Metadata());
            return end(call, Status.UNAVAILABLE.withDescription("after all"), new Metadata());
        })) {
            Channel channel = channel(builder -> builder.set("retry.backoff.base", "1ms")
                    .resolver(StaticResolver.empty().with("inventory", early.address())));

            assertThatThrownBy(() -> get(channel, "bolts")).hasMessageContaining("after all");

            assertThat(asked).hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRequestIsKeptUpToItsLimitAndNotBeyond(int more) {
        failing.set(1);
        String large = "x".repeat((1 << 20) + more);
        Channel channel = prompt();

        if (more == 0) {
            assertThat(get(channel, large)).endsWith("xxx");
        } else {
            assertThatThrownBy(() -> get(channel, large)).hasMessageContaining("not now");
        }

        assertThat(server.asked()).isEqualTo(more == 0 ? 2 : 1);
    }
}
