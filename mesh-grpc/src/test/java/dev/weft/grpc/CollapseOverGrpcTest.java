package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Those who ask the same at the same time, of a server that answers when it is let to. A call that was begun waits. */
@Timeout(120)
class CollapseOverGrpcTest {
    private static final Duration SOON = Duration.ofSeconds(40);
    private static final MethodDescriptor<String, String> LOOK =
            Replica.GET.toBuilder().setSafe(true).build();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger cutOff = new AtomicInteger();
    private final Queue<ServerCall<String, String>> held = new ConcurrentLinkedQueue<>();
    private volatile boolean holds = true;
    private final Replica server = new Replica((call, headers) -> {
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                requests.incrementAndGet();
                if (holds) {
                    held.add(call);
                } else {
                    answer(call, Status.OK);
                }
            }

            @Override
            public void onCancel() {
                cutOff.incrementAndGet();
            }
        };
    });
    private Mesh mesh = Mesh.builder().start();
    private Channel channel = MeshGrpc.create(mesh).channel("inventory");

    @BeforeEach
    void start() {
        channel = mesh(builder()).channel("inventory");
    }

    private static MeshBuilder builder() {
        return Mesh.builder()
                .set("collapse.mode", "on")
                .set("hedge.maxExtraLoad", "off")
                .set("ejection.mode", "off")
                .set("deadline.total", "100s")
                .set("retry.attempts", "1")
                .drain(Duration.ZERO);
    }

    private MeshGrpc mesh(MeshBuilder builder) {
        mesh.close();
        mesh = builder.resolver(StaticResolver.empty().with("inventory", server.address()))
                .metrics(registry)
                .start();
        return MeshGrpc.create(mesh);
    }

    @AfterEach
    void stop() {
        holds = false;
        held.forEach(call -> call.close(Status.ABORTED, new Metadata()));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(mesh.clusters().values().stream()
                                .flatMap(cluster -> cluster.nodes().stream())
                                .mapToInt(Node::inFlight)
                                .sum())
                        .isZero());
        mesh.close();
        server.close();
    }

    private static void answer(ServerCall<String, String> call, Status status) {
        if (status.isOk()) {
            call.sendHeaders(Replica.metadata("from", "server"));
            call.sendMessage("shared");
        }
        call.close(status, Replica.metadata("why", "told"));
    }

    private void letGo(Status status) {
        for (ServerCall<String, String> call = held.poll(); call != null; call = held.poll()) {
            answer(call, status);
        }
    }

    private ListenableFuture<String> ask() {
        return ask(channel, LOOK, CallOptions.DEFAULT, "bolts");
    }

    private static ListenableFuture<String> ask(
            Channel channel, MethodDescriptor<String, String> method, CallOptions options, String question) {
        return ClientCalls.futureUnaryCall(channel.newCall(method, options), question);
    }

    private ListenableFuture<String> askWithin(long time, TimeUnit unit) {
        return ask(channel, LOOK, CallOptions.DEFAULT.withDeadlineAfter(time, unit), "bolts");
    }

    private static String get(Future<String> answer) throws Exception {
        return answer.get(40, TimeUnit.SECONDS);
    }

    private static StatusRuntimeException failure(Future<String> answer) {
        Throwable failed = catchThrowableOfType(ExecutionException.class, () -> get(answer))
                .getCause();
        return (StatusRuntimeException) Objects.requireNonNull(failed);
    }

    private List<ListenableFuture<String>> askTogether(int number) {
        List<ListenableFuture<String>> asked = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            asked.add(ask());
        }
        awaitHeld(1);
        return asked;
    }

    private void awaitHeld(int number) {
        await().atMost(SOON).until(() -> held.size() == number);
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    @Test
    void oneRequestAnswersAll() throws Exception {
        List<ListenableFuture<String>> asked = askTogether(8);
        letGo(Status.OK);
        for (Future<String> each : asked) {
            assertThat(get(each)).isEqualTo("shared");
        }
        assertThat(requests).hasValue(1);
        assertThat(gauge("weft.client.collapse.shared")).isEqualTo(7);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            names = {"NOT_FOUND", "UNAVAILABLE"})
    void failuresAreSharedAsTheyAre(Status.Code code) {
        List<ListenableFuture<String>> asked = askTogether(3);
        letGo(code.toStatus().withDescription("said"));
        List<StatusRuntimeException> failures =
                asked.stream().map(CollapseOverGrpcTest::failure).toList();
        assertThat(failures)
                .allSatisfy(failed -> assertThat(failed).hasMessage(code + ": said"))
                .extracting(StatusRuntimeException::getTrailers)
                .doesNotHaveDuplicates()
                .allSatisfy(trailers ->
                        assertThat(Objects.requireNonNull(trailers).keys()).contains("why"));
        assertThat(requests).hasValue(1);
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(registry.find("weft.client.calls").meters())
                                .isNotEmpty()
                                .extracting(meter -> meter.getId().getTag("status"))
                                .containsOnly(code.name()));
    }

    @Test
    void whoAsksLaterAsksAnew() throws Exception {
        holds = false;
        assertThat(get(ask())).isEqualTo("shared");
        assertThat(get(ask())).isEqualTo("shared");
        assertThat(requests).hasValue(2);
        assertThat(gauge("weft.client.collapse.shared")).isZero();
    }

    private Channel with(String name, String value) {
        Metadata metadata = new Metadata();
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            metadata.put(
                    Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), value.getBytes(StandardCharsets.UTF_8));
        } else {
            metadata = Replica.metadata(name, value);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    @ParameterizedTest
    @CsvSource({
        "authorization, Bearer ann, Bearer bob, 2",
        "who-bin, ann, bob, 2",
        "traceparent, 1, 2, 1",
        "who-bin, ann, ann, 1"
    })
    void whoseMetadataDiffersSharesNoAnswer(String name, String one, String other, int sent) throws Exception {
        Future<String> ann = ask(with(name, one), LOOK, CallOptions.DEFAULT, "bolts");
        Future<String> bob = ask(with(name, other), LOOK, CallOptions.DEFAULT, "bolts");
        awaitHeld(sent);
        letGo(Status.OK);
        get(ann);
        get(bob);
        assertThat(requests).hasValue(sent);
    }

    private void twoAreSent(Future<String> one, Future<String> other) throws Exception {
        awaitHeld(2);
        letGo(Status.OK);
        get(one);
        get(other);
    }

    @Test
    void whoAsksSomethingElseSharesNoAnswer() throws Exception {
        twoAreSent(ask(), ask(channel, LOOK, CallOptions.DEFAULT, "nuts"));
    }

    @Test
    void whoAsksAnotherAuthoritySharesNoAnswer() throws Exception {
        twoAreSent(ask(), ask(channel, LOOK, CallOptions.DEFAULT.withAuthority("other"), "bolts"));
    }

    @Test
    void whatMayChangeSomethingIsSentByEach() throws Exception {
        twoAreSent(
                ask(channel, Replica.GET, CallOptions.DEFAULT, "bolts"),
                ask(channel, Replica.GET, CallOptions.DEFAULT, "bolts"));
    }

    @Test
    void callsWithCredentialsOfTheirOwnShareNoAnswer() throws Exception {
        CallOptions options = CallOptions.DEFAULT.withCallCredentials(new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
                applier.apply(new Metadata());
            }
        });
        twoAreSent(ask(channel, LOOK, options, "bolts"), ask(channel, LOOK, options, "bolts"));
    }

    @Test
    void whereTheApplicationBuildsTheChannelsNothingIsShared() throws Exception {
        channel = MeshGrpc.create(mesh, all -> {}).channel("inventory");
        twoAreSent(ask(), ask());
    }

    @Test
    void aLargeAnswerIsForOneAndTheOthersAskForThemselves() throws Exception {
        channel = mesh(builder().set("collapse.maxBody", "5")).channel("inventory");
        List<ListenableFuture<String>> asked = askTogether(3);
        holds = false;
        letGo(Status.OK);
        for (Future<String> each : asked) {
            assertThat(get(each)).isEqualTo("shared");
        }
        assertThat(requests).hasValue(3);
        assertThat(gauge("weft.client.collapse.alone")).isEqualTo(2);
    }

    @Test
    void whoHasMoreTimeThanTheFirstGetsAnAnswerInIt() throws Exception {
        Future<String> hasty = askWithin(3, TimeUnit.SECONDS);
        awaitHeld(1);
        Future<String> patient = askWithin(90, TimeUnit.SECONDS);
        assertThat(failure(hasty).getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        awaitHeld(2);
        holds = false;
        held.remove();
        letGo(Status.OK);
        assertThat(get(patient)).isEqualTo("shared");
    }

    @Test
    void whoHasLessTimeThanTheFirstIsToldInTime() throws Exception {
        Future<String> patient = askWithin(90, TimeUnit.SECONDS);
        awaitHeld(1);
        assertThat(failure(askWithin(200, TimeUnit.MILLISECONDS)).getStatus().getCode())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        letGo(Status.OK);
        assertThat(get(patient)).isEqualTo("shared");
        assertThat(requests).hasValue(1);
    }

    /** And their request is tried again as if it were still there. */
    @Test
    void theFirstMayBeCancelledAndTheOthersHaveTheirAnswer() throws Exception {
        channel = mesh(builder().set("retry.attempts", "2")).channel("inventory");
        ListenableFuture<String> first = ask();
        awaitHeld(1);
        Future<String> other = ask();
        first.cancel(true);
        letGo(Status.UNAVAILABLE);
        awaitHeld(1);
        letGo(Status.OK);
        assertThat(get(other)).isEqualTo("shared");
        assertThat(requests).hasValue(2);
        assertThat(cutOff).hasValue(0);
    }

    @Test
    void whenAllHaveLeftItIsCutOff() {
        List<ListenableFuture<String>> asked = askTogether(3);
        asked.forEach(each -> each.cancel(true));
        await().atMost(SOON).until(() -> cutOff.get() == 1);
        held.clear();
    }

    @Test
    void theirMessageIsMadeOnce() throws Exception {
        AtomicInteger made = new AtomicInteger();
        MethodDescriptor<String, String> counting = LOOK.toBuilder()
                .setRequestMarshaller(new MethodDescriptor.Marshaller<String>() {
                    @Override
                    public InputStream stream(String value) {
                        made.incrementAndGet();
                        return new TextMarshaller().stream(value);
                    }

                    @Override
                    public String parse(InputStream stream) {
                        return new TextMarshaller().parse(stream);
                    }
                })
                .build();
        Future<String> answer = ask(channel, counting, CallOptions.DEFAULT, "bolts");
        awaitHeld(1);
        letGo(Status.OK);
        get(answer);
        assertThat(made).hasValue(1);
    }
}
