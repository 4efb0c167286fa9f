package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.LIST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes from servers that get gRPC wrong: the right status at once, and nothing left under way. */
@Timeout(60)
class MalformedAnswersTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static Status.Code told(Channel channel, MethodDescriptor<String, String> method) {
        try {
            if (method.getType() == MethodDescriptor.MethodType.UNARY) {
                ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, "bolts");
            } else {
                ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, "bolts")
                        .forEachRemaining(item -> {});
            }
            return Status.Code.OK;
        } catch (RuntimeException failed) {
            return Status.fromThrowable(failed).getCode();
        }
    }

    private static int inFlight(Mesh mesh) {
        return mesh.clusters().values().stream()
                .flatMap(cluster -> cluster.nodes().stream())
                .mapToInt(Node::inFlight)
                .sum();
    }

    /** Answers so, to a unary call and to a stream. */
    private static void gives(Status.Code expected, Http2Server.Answer answer) {
        try (Http2Server server = new Http2Server(answer);
                Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("deadline.total", "40s")
                        .set("retry.attempts", "1")
                        .set("ejection.mode", "off")
                        .resolver(StaticResolver.empty().with("inventory", server.address()))
                        .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            for (MethodDescriptor<String, String> method : List.of(GET, LIST)) {
                assertThat(told(channel, method)).isEqualTo(expected);
            }
            await().atMost(SOON).until(() -> inFlight(mesh) == 0);
        }
    }

    @Test
    void aPageOfAProxyInPlaceOfTheService() {
        gives(
                Status.Code.UNAVAILABLE,
                (connection, stream) -> connection.fields(stream, true, ":status", "503", "content-type", "text/html"));
        gives(
                Status.Code.UNIMPLEMENTED,
                (connection, stream) -> connection.fields(stream, true, ":status", "404", "content-type", "text/html"));
    }

    @Test
    void anEndWithoutAStatus() {
        gives(
                Status.Code.UNKNOWN,
                (connection, stream) ->
                        connection.fields(stream, true, ":status", "200", "content-type", "application/grpc"));
    }

    @Test
    void aStatusThatIsNoneOfGrpcs() {
        for (String status : List.of("abc", "99", "-1")) {
            gives(
                    Status.Code.UNKNOWN,
                    (connection, stream) -> connection.fields(
                            stream, true, ":status", "200", "content-type", "application/grpc", "grpc-status", status));
        }
    }

    private static Http2Server.Answer notFound(String name, String value) {
        return (connection, stream) -> connection.fields(
                stream, true, ":status", "200", "content-type", "application/grpc", "grpc-status", "5", name, value);
    }

    @Test
    void metadataThatIsNone() {
        gives(Status.Code.NOT_FOUND, notFound("grpc-retry-pushback-ms", "\u00e9"));
        gives(Status.Code.NOT_FOUND, notFound("grpc-message", "%zz"));
        gives(Status.Code.INTERNAL, notFound("grpc-status-details-bin", "***"));
    }

    @Test
    void aMessageThatIsLongerThanAnyMayBe() {
        gives(Status.Code.RESOURCE_EXHAUSTED, (connection, stream) -> {
            connection.headers(stream);
            connection.data(stream, false, new byte[] {0, 0x7f, 0, 0, 0, 1});
        });
    }

    @Test
    void aMessageThatBreaksOff() {
        gives(Status.Code.INTERNAL, (connection, stream) -> {
            connection.headers(stream);
            connection.data(stream, false, new byte[] {0, 0, 0, 0, 9, 1});
            connection.fields(stream, true, "grpc-status", "0");
        });
    }

    /** The stream stays open: whoever waits for its end waits for the deadline. */
    @Test
    void moreThanOneAnswerWhereOneIsAllThatThereIs() {
        try (Http2Server server = new Http2Server((connection, stream) -> {
                    connection.headers(stream);
                    for (int i = 0; i < 3; i++) {
                        connection.data(stream, false, new byte[] {0, 0, 0, 0, 1, 'x'});
                    }
                });
                Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("deadline.total", "20s")
                        .resolver(StaticResolver.empty().with("inventory", server.address()))
                        .start()) {
            assertThat(told(MeshGrpc.create(mesh).channel("inventory"), GET)).isEqualTo(Status.Code.INTERNAL);
            assertThat(server.asked).hasValue(1);
            await().atMost(SOON).until(() -> inFlight(mesh) == 0);
        }
    }

    @Test
    void aMessageCompressedInNoKnownWay() {
        gives(Status.Code.INTERNAL, (connection, stream) -> {
            connection.headers(stream);
            connection.data(stream, false, new byte[] {1, 0, 0, 0, 1, 1});
        });
    }

    @Test
    void aStormOfResetsLeavesNothingUnderWay() throws Exception {
        AtomicInteger which = new AtomicInteger();
        int[] errors = {Http2Server.INTERNAL_ERROR, Http2Server.REFUSED_STREAM, Http2Server.CANCEL, 11};
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try (Http2Server server = new Http2Server((connection, stream) -> {
                    if (which.incrementAndGet() % 3 == 0) {
                        connection.headers(stream);
                    }
                    connection.reset(stream, errors[which.get() % errors.length]);
                });
                Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("deadline.total", "40s")
                        .set("retry.backoff.base", "1ms")
                        .set("retry.backoff.cap", "1ms")
                        .set("ejection.mode", "off")
                        .resolver(StaticResolver.empty().with("inventory", server.address()))
                        .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            List<Future<Status.Code>> ends =
                    callers.invokeAll(Collections.nCopies(400, () -> told(channel, which.get() % 2 == 0 ? GET : LIST)));
            for (Future<Status.Code> end : ends) {
                assertThat(end.get()).isNotIn(Status.Code.OK, Status.Code.DEADLINE_EXCEEDED);
            }
            await().atMost(SOON).until(() -> inFlight(mesh) == 0);
        } finally {
            callers.shutdownNow();
        }
    }
}
