package dev.weft.grpc;

import static dev.weft.grpc.WorkshopServer.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.workshop.Job;
import dev.weft.grpc.workshop.Result;
import dev.weft.grpc.workshop.WorkshopGrpc;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A service that always fails, and what its callers get in place of its answer. */
@Timeout(60)
class FallbackOverGrpcTest {
    private final WorkshopServer server = new WorkshopServer(new AtomicInteger(Integer.MAX_VALUE));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MeshBuilder builder = Mesh.builder()
            .metrics(registry)
            .drain(Duration.ZERO)
            .set("retry.attempts", "1")
            .set("ejection.mode", "off");
    private Mesh mesh = Mesh.builder().start();
    private MeshGrpc grpc = MeshGrpc.create(mesh);

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
    }

    private void mesh(String address) {
        mesh.close();
        mesh = builder.resolver(StaticResolver.empty().with("workshop", address))
                .start();
        grpc = MeshGrpc.create(mesh);
    }

    private WorkshopGrpc.WorkshopBlockingStub stub() {
        return WorkshopGrpc.newBlockingStub(grpc.channel("workshop"));
    }

    private static final Job CHAIR = Job.newBuilder().setItem("chair").build();

    private void unavailable() {
        assertThatThrownBy(() -> stub().mend(CHAIR)).hasMessage("UNAVAILABLE: told to");
    }

    // Code.

    @Test
    void codeAnswersForItsMethodAndNoOther() throws Exception {
        mesh(server.address());
        grpc.fallback(
                        "workshop",
                        WorkshopGrpc.getMendMethod(),
                        (job, failure) -> result(job.getItem() + ": " + failure.getDescription()))
                .fallback("workshop", WorkshopGrpc.getLabelMethod(), (job, failure) -> result("label"));

        assertThat(stub().mend(CHAIR)).isEqualTo(result("chair: told to"));
        assertThat(WorkshopGrpc.newFutureStub(grpc.channel("workshop"))
                        .label(CHAIR)
                        .get(20, TimeUnit.SECONDS))
                .isEqualTo(result("label"));
        assertThatThrownBy(() -> stub().look(CHAIR)).hasMessageContaining("UNAVAILABLE");
        assertThat(server.asked).hasValue(3);
        assertThat(registry.find("weft.client.calls").tag("fate", "fallback").meters())
                .isNotEmpty();
    }

    @Test
    void codeAnswersForWhatIsNotEvenSent() {
        builder.set("rate.limit", "1/d");
        mesh(server.address());
        grpc.fallback(
                "workshop",
                WorkshopGrpc.getMendMethod(),
                (job, failure) -> result(failure.getCode().name()));

        assertThat(stub().mend(CHAIR)).isEqualTo(result("UNAVAILABLE"));
        assertThat(stub().mend(CHAIR)).isEqualTo(result("RESOURCE_EXHAUSTED"));
        assertThat(server.asked).hasValue(1);
    }

    @Test
    @SuppressWarnings("try") // a scope is there to be closed
    void codeRunsInTheContextsOfTheCall() throws Exception {
        Context.Key<String> user = Context.key("user");
        mesh(server.address());
        grpc.fallback(
                "workshop",
                WorkshopGrpc.getMendMethod(),
                (job, failure) -> result(user.get() + " of " + Baggage.current().getEntryValue("tenant")));

        Result answer;
        try (Scope scope = Baggage.builder().put("tenant", "blue").build().makeCurrent()) {
            answer = Context.current().withValue(user, "ann").call(() -> stub().mend(CHAIR));
        }

        assertThat(answer).isEqualTo(result("ann of blue"));
    }

    @Test
    void codeThatThrowsOrHasNoAnswerLeavesTheFailureAsItWas() {
        mesh(server.address());
        grpc.fallback("workshop", WorkshopGrpc.getMendMethod(), (job, failure) -> {
            throw new IllegalStateException("a bug");
        });
        unavailable();

        mesh(server.address());
        grpc.fallback("workshop", WorkshopGrpc.getMendMethod(), (job, failure) -> null);
        unavailable();
    }

    @Test
    void codeIsGivenOnceBeforeTheFirstCallAndForUnaryMethods() {
        mesh(server.address());
        grpc.fallback("workshop", WorkshopGrpc.getMendMethod(), (job, failure) -> null);
        assertThatThrownBy(() -> grpc.fallback("workshop", WorkshopGrpc.getMendMethod(), (job, failure) -> null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("workshop.Workshop/Mend must be given once");
        assertThatThrownBy(() -> grpc.fallback("workshop", WorkshopGrpc.getFollowMethod(), (job, failure) -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("workshop.Workshop/Follow is not unary");

        mesh(server.address());
        unavailable();
        assertThatThrownBy(() -> grpc.fallback("workshop", WorkshopGrpc.getMendMethod(), (job, failure) -> null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("before its first call");
    }

    @Test
    void codeHasTheRequestHoweverLargeAndHoweverFarTheCallGot() {
        String large = "x".repeat(2 << 20);
        try (Replica replica = new Replica((call, headers) -> {
            call.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(String message) {
                    call.sendHeaders(new Metadata());
                }

                @Override
                public void onHalfClose() {
                    call.close(Status.UNAVAILABLE, new Metadata());
                }
            };
        })) {
            mesh(replica.address());
            grpc.fallback("workshop", Replica.GET, (asked, failure) -> asked.length() + " asked");

            for (String asked : new String[] {"bolts", large}) {
                assertThat(ClientCalls.blockingUnaryCall(
                                grpc.channel("workshop"), Replica.GET, CallOptions.DEFAULT, asked))
                        .isEqualTo(asked.length() + " asked");
            }
        }
    }

    @Test
    void notForWhatTheCallerIsToBlameFor() {
        try (Replica replica = new Replica((call, headers) -> Replica.end(call, Status.NOT_FOUND, new Metadata()))) {
            builder.set("fallback.message", "");
            mesh(replica.address());
            grpc.fallback("workshop", Replica.GET, (asked, failure) -> "kept");
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                            grpc.channel("workshop"), Replica.GET, CallOptions.DEFAULT, "bolts"))
                    .hasMessage("NOT_FOUND");
        }
    }

    // The fixed answer.

    private static String base64(ByteString bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    @Test
    void aFixedMessageComesWhenNobodyIsThereAndAfterCode() {
        builder.set("fallback.message", base64(result("unknown").toByteString()));
        mesh("127.0.0.1:1");
        grpc.fallback("workshop", WorkshopGrpc.getMendMethod(), (job, failure) -> null);
        assertThat(stub().mend(CHAIR)).isEqualTo(result("unknown"));
        assertThat(Objects.requireNonNull(mesh.clusters().get("workshop"))
                        .nodes()
                        .get(0)
                        .inFlight())
                .isZero();
    }

    @Test
    void anEmptyMessageHasAllDefaults() {
        builder.set("fallback.message", "");
        mesh(server.address());
        assertThat(stub().mend(CHAIR)).isEqualTo(Result.getDefaultInstance());
    }

    @Test
    void aFixedMessageComesAtTheDeadlineToo() {
        builder.set("fallback.message", "").set("deadline.total", "300ms");
        try (Replica silent = new Replica((call, headers) -> new ServerCall.Listener<>() {})) {
            mesh(silent.address());
            assertThat(ClientCalls.blockingUnaryCall(
                            grpc.channel("workshop"), Replica.GET, CallOptions.DEFAULT, "bolts"))
                    .isEmpty();
        }
    }

    @Test
    void aFixedMessageIsForUnaryCallsOnly() {
        builder.set("fallback.message", "");
        mesh(server.address());
        assertThatThrownBy(() -> stub().follow(CHAIR).next()).hasMessage("UNAVAILABLE: told to");
    }

    /** Nor is the status of a fixed answer over HTTP. */
    @Test
    void whatIsNoAnswerOfTheMethodLeavesTheFailureAsItWas() {
        builder.set("fallback.message", base64(ByteString.copyFromUtf8("x"))).set("fallback.status", "200");
        mesh(server.address());
        unavailable();

        builder.set("fallback.message", "off");
        mesh(server.address());
        unavailable();
    }

    @Test
    void itsPolicyIsCheckedWhenItComes() {
        assertThatThrownBy(() ->
                        Mesh.builder().set("fallback.message", "not base64!").start())
                .hasMessageContaining("fallback.message")
                .hasMessageContaining("is not the base64 of at most 16 KiB");
        builder.set("fallback.message", base64(result("x".repeat(16_000)).toByteString()));
        mesh(server.address());
        assertThat(stub().mend(CHAIR).getText()).hasSize(16_000);
    }
}
