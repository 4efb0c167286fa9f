package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.LIST;
import static dev.weft.grpc.Replica.end;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Metadata goes whole, both ways and with each attempt: bytes of any kind, and keys that are there several times. */
@Timeout(60)
class MetadataTest {
    private static final Metadata.Key<byte[]> BYTES = Metadata.Key.of("thing-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<String> TEXT = Metadata.Key.of("thing", Metadata.ASCII_STRING_MARSHALLER);

    private final AtomicInteger failing = new AtomicInteger();
    private final Replica server = new Replica((call, headers) -> failing.getAndDecrement() > 0
            ? end(call, Status.UNAVAILABLE.withDescription("not now"), things("failed"))
            : speaking(call));
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("deadline.total", "50s")
            .set("retry.backoff.base", "1ms")
            .resolver(StaticResolver.empty().with("inventory", server.address()))
            .start();
    private final AtomicReference<Metadata> headers = new AtomicReference<>();
    private final AtomicReference<Metadata> trailers = new AtomicReference<>();
    private final Channel channel = ClientInterceptors.intercept(
            MeshGrpc.create(mesh).channel("inventory"),
            MetadataUtils.newAttachHeadersInterceptor(things("asked")),
            MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
    }

    /** Every byte there is, nothing at all, and the same once more. */
    private static List<byte[]> bytes() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        return List.of(all, new byte[0], all);
    }

    private static Metadata things(String of) {
        Metadata things = new Metadata();
        bytes().forEach(each -> things.put(BYTES, each));
        List.of("one", of, "one").forEach(each -> things.put(TEXT, each));
        return things;
    }

    private static <T> List<T> all(Metadata metadata, Metadata.Key<T> key) {
        List<T> all = new ArrayList<>();
        Iterable<T> there = metadata.getAll(key);
        if (there != null) {
            there.forEach(all::add);
        }
        return all;
    }

    private static void areThings(Metadata metadata, String of) {
        assertThat(all(metadata, TEXT)).containsExactly("one", of, "one");
        assertThat(all(metadata, BYTES)).usingRecursiveComparison().isEqualTo(bytes());
    }

    private static ServerCall.Listener<String> speaking(ServerCall<String, String> call) {
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                call.sendHeaders(things("answered"));
                call.sendMessage("yes");
                call.close(Status.OK, things("ended"));
            }
        };
    }

    private void goesBothWays(int attempts) {
        assertThat(server.headers).hasSize(attempts);
        server.headers.forEach(received -> areThings(received, "asked"));
        areThings(Objects.requireNonNull(headers.get()), "answered");
        areThings(Objects.requireNonNull(trailers.get()), "ended");
    }

    @Test
    void ofACallThatIsTriedThreeTimes() {
        failing.set(2);

        assertThat(ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts"))
                .isEqualTo("yes");

        goesBothWays(3);
    }

    @Test
    void ofAStreamThatIsTriedTwice() {
        failing.set(1);

        assertThat(ClientCalls.blockingServerStreamingCall(channel, LIST, CallOptions.DEFAULT, "bolts"))
                .toIterable()
                .containsExactly("yes");

        goesBothWays(2);
    }

    @Test
    void ofTheLastFailure() {
        failing.set(9);

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts"))
                .hasMessageContaining("not now")
                .satisfies(failed -> areThings(Objects.requireNonNull(Status.trailersFromThrowable(failed)), "failed"));

        server.headers.forEach(received -> areThings(received, "asked"));
    }

    /** What the mesh itself says of an attempt is said once, whatever the application has put there. */
    @Test
    void whatTheMeshSaysTakesThePlaceOfWhatIsThere() {
        Metadata.Key<String> attempt = Metadata.Key.of("mesh-attempt", Metadata.ASCII_STRING_MARSHALLER);
        Metadata forged = new Metadata();
        forged.put(attempt, "9;reason=forged");
        forged.put(attempt, "9;reason=forged");
        failing.set(1);

        ClientCalls.blockingUnaryCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(forged)),
                GET,
                CallOptions.DEFAULT,
                "bolts");

        assertThat(all(server.headers.get(1), attempt)).containsExactly("2;reason=unavailable");
    }
}
