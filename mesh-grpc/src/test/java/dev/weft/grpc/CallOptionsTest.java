package dev.weft.grpc;

import static dev.weft.grpc.Replica.COLLECT;
import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static dev.weft.grpc.Replica.metadata;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.call.Fate;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stub sets of its calls means what it means over any gRPC channel, from the first call on. */
@Timeout(60)
class CallOptionsTest {
    private final Attempts attempts = new Attempts();
    private final Replica server = new Replica((call, headers) -> echo(call));
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("deadline.total", "20s")
            .stack(stack -> stack.before(Slot.WIRE, attempts))
            .resolver(StaticResolver.empty().with("inventory", server.address()))
            .start();
    private final Channel channel = MeshGrpc.create(mesh).channel("inventory");

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
    }

    private String get(CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, GET, options, "bolts");
    }

    private static Status status(Throwable failed) {
        return Status.fromThrowable(failed);
    }

    @Test
    void aRequestBeyondTheCallsLimitIsRefusedHereAlsoBeforeThereIsAConnection() {
        CallOptions small = CallOptions.DEFAULT.withMaxOutboundMessageSize(4);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> get(small)).satisfies(failed -> {
                assertThat(status(failed).getCode()).isEqualTo(Status.Code.CANCELLED);
                assertThat(failed).hasStackTraceContaining("message too large");
            });
            // And the connection is as good as ever.
            assertThat(get(CallOptions.DEFAULT.withMaxOutboundMessageSize(5))).isEqualTo("echo of bolts");
        }
        assertThat(attempts.made).hasSize(4);
    }

    @Test
    void aMessageThatCannotBeWrittenEndsTheCallAndNothingElse() {
        MethodDescriptor.Marshaller<String> broken = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(String value) {
                throw new IllegalStateException("no bytes for " + value);
            }

            @Override
            public String parse(InputStream stream) {
                return "";
            }
        };
        MethodDescriptor<String, String> unwritable =
                GET.toBuilder(broken, GET.getResponseMarshaller()).build();

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, unwritable, CallOptions.DEFAULT, "bolts"))
                .satisfies(failed -> {
                    assertThat(status(failed).getCode()).isEqualTo(Status.Code.CANCELLED);
                    assertThat(failed).hasStackTraceContaining("no bytes for bolts");
                });
        assertThat(get(CallOptions.DEFAULT)).isEqualTo("echo of bolts");
    }

    @Test
    void aMessageThatCannotBeReadEndsTheCallAndNothingElse() {
        MethodDescriptor.Marshaller<String> broken = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(String value) {
                return InputStream.nullInputStream();
            }

            @Override
            public String parse(InputStream stream) {
                throw new IllegalStateException("no words");
            }
        };
        MethodDescriptor<String, String> unreadable =
                GET.toBuilder(GET.getRequestMarshaller(), broken).build();

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, unreadable, CallOptions.DEFAULT, "bolts"))
                .hasStackTraceContaining("no words");
        assertThat(get(CallOptions.DEFAULT)).isEqualTo("echo of bolts");
    }

    private static CallCredentials credentials(CredentialsOf how) {
        return new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
                how.apply(request, executor, applier);
            }
        };
    }

    private interface CredentialsOf {
        void apply(CallCredentials.RequestInfo request, Executor executor, CallCredentials.MetadataApplier applier);
    }

    private void endsUnauthenticated(CallCredentials credentials, String words) {
        assertThatThrownBy(() -> get(CallOptions.DEFAULT.withCallCredentials(credentials)))
                .satisfies(failed -> {
                    assertThat(status(failed).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                    assertThat(failed).hasStackTraceContaining(words);
                });
        assertThat(server.asked()).isZero();
        assertThat(attempts.made).hasSize(1);
        assertThat(get(CallOptions.DEFAULT)).isEqualTo("echo of bolts");
    }

    @Test
    void credentialsThatFailEndTheCallUnsent() {
        endsUnauthenticated(
                credentials((request, executor, applier) ->
                        executor.execute(() -> applier.fail(Status.UNAUTHENTICATED.withDescription("no token")))),
                "no token");
    }

    /** A service of tokens that is down: the code is that of an endpoint which cannot be reached. */
    @Test
    void credentialsThatAreUnavailableSpeakAgainstNoNodeAndNoConnection() {
        get(CallOptions.DEFAULT);
        Node node = attempts.asked().get(0);

        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> get(CallOptions.DEFAULT.withCallCredentials(
                            credentials((request, executor, applier) -> executor.execute(
                                    () -> applier.fail(Status.UNAVAILABLE.withDescription("no service of tokens")))))))
                    .satisfies(failed -> {
                        assertThat(status(failed).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                        assertThat(status(failed).getDescription()).isEqualTo("no service of tokens");
                    });
        }

        assertThat(attempts.made).hasSize(4);
        assertThat(node.standing().ejected()).isFalse();
        assertThat(get(CallOptions.DEFAULT)).isEqualTo("echo of bolts");
        assertThat(server.opened).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry.perTry", "deadline.total"})
    void credentialsThatAreTooSlowSpeakAgainstNoNode(String limit) {
        try (Mesh hurried = Mesh.builder()
                .drain(Duration.ZERO)
                .set(limit, "300ms")
                .stack(stack -> stack.before(Slot.ATTEMPT, attempts))
                .resolver(StaticResolver.empty().with("inventory", server.address()))
                .start()) {
            Channel to = MeshGrpc.create(hurried).channel("inventory");
            CallOptions never =
                    CallOptions.DEFAULT.withCallCredentials(credentials((request, executor, applier) -> {}));

            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(to, GET, never, "bolts"))
                    .satisfies(failed -> assertThat(status(failed).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED))
                    .hasMessageContaining("credentials");

            assertThat(attempts.made).hasSize(1);
            assertThat(attempts.made.get(0).verdict()).isEqualTo(Verdict.REJECTED);
            assertThat(attempts.asked())
                    .allMatch(node -> !node.standing().condemned()
                            && node.standing().tally().counts(System.nanoTime()).failed() == 0);
            assertThat(attempts.last().fate())
                    .isEqualTo(limit.equals("deadline.total") ? Fate.FAILED_DEADLINE : Fate.FAILED_NOT_RETRYABLE);
        }
    }

    @Test
    void credentialsThatThrowEndTheCallUnsent() {
        endsUnauthenticated(
                credentials((request, executor, applier) -> {
                    throw new IllegalStateException("broken token");
                }),
                "broken token");
    }

    @Test
    void credentialsThatWantPrivacyAreNotSentInPlainText() {
        endsUnauthenticated(
                credentials((request, executor, applier) -> {
                    if (request.getSecurityLevel() != SecurityLevel.PRIVACY_AND_INTEGRITY) {
                        applier.fail(Status.UNAUTHENTICATED.withDescription("not in plain text"));
                    } else {
                        applier.apply(new Metadata());
                    }
                }),
                "not in plain text");
    }

    @Test
    void credentialsAreToldOfTheCallAndRunOnItsExecutor() throws Exception {
        CompletableFuture<CallCredentials.RequestInfo> told = new CompletableFuture<>();
        CompletableFuture<Thread> ranOn = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT
                .withExecutor(task -> new Thread(task, "of the call").start())
                .withCallCredentials(credentials((request, executor, applier) -> executor.execute(() -> {
                    told.complete(request);
                    ranOn.complete(Thread.currentThread());
                    applier.apply(metadata("authorization", "Bearer abc"));
                })));

        assertThat(ClientCalls.futureUnaryCall(channel.newCall(GET, options), "bolts")
                        .get(20, TimeUnit.SECONDS))
                .isEqualTo("echo of bolts");

        assertThat(told.get(20, TimeUnit.SECONDS).getAuthority()).isEqualTo("inventory");
        assertThat(told.get(20, TimeUnit.SECONDS).getMethodDescriptor().getFullMethodName())
                .isEqualTo(GET.getFullMethodName());
        assertThat(ranOn.get(20, TimeUnit.SECONDS).getName()).isEqualTo("of the call");
        assertThat(server.header(0, "authorization")).isEqualTo("Bearer abc");
    }

    @Test
    void aClientStreamHearsTheServersHeadersBeforeItHasSentAnything() throws Exception {
        CompletableFuture<Metadata> heard = new CompletableFuture<>();
        CompletableFuture<Status> closed = new CompletableFuture<>();
        try (Http2Server welcoming = new Http2Server((connection, stream) -> connection.headers(stream));
                Mesh other = Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("deadline.total", "20s")
                        .resolver(StaticResolver.empty().with("inventory", welcoming.address()))
                        .start()) {
            ClientCall<String, String> call =
                    MeshGrpc.create(other).channel("inventory").newCall(COLLECT, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onHeaders(Metadata headers) {
                            heard.complete(headers);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            closed.complete(status);
                        }
                    },
                    new Metadata());
            call.request(2);

            assertThat(heard.get(10, TimeUnit.SECONDS)).isNotNull();
            call.cancel("enough", null);
            assertThat(closed.get(10, TimeUnit.SECONDS).getDescription()).isEqualTo("enough");
        }
    }
}
