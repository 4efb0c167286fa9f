package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.BlackHole;
import dev.weft.testkit.ScriptedResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One endpoint with addresses of both families: connections are raced, on real sockets (RFC 8305, gRFC A61). */
@Timeout(60)
class SeveralAddressesTest {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final String V6 = "::1";
    private static final String V4 = "127.0.0.1";

    private final ScriptedResolver resolver = new ScriptedResolver();
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .resolver(resolver)
            .set("deadline.total", "50s")
            .set("connect.timeout", CONNECT.toSeconds() + "s")
            .set("retry.attempts", "1")
            .start();
    private final Channel channel = MeshGrpc.create(mesh).channel("inventory");

    private final List<Mesh> others = new ArrayList<>();

    @AfterEach
    void stop() {
        mesh.close();
        others.forEach(Mesh::close);
    }

    private void serves(int port, String... addresses) {
        resolver.serve("inventory", List.of(Endpoint.of("a.test", port).withAddresses(List.of(addresses))));
    }

    private static Replica replica(String address, int port) throws UnknownHostException {
        return new Replica(new InetSocketAddress(InetAddress.getByName(address), port), (call, headers) -> echo(call));
    }

    private static int port(Replica replica) {
        return replica.socketAddress().getPort();
    }

    private void answered() {
        assertThat(ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts"))
                .isEqualTo("echo of bolts");
    }

    private Node node() {
        return mesh.clusters().values().iterator().next().nodes().get(0);
    }

    @Test
    void whileOneFamilyIsABlackHoleTheOtherServesAfterAQuarterOfASecond() throws Exception {
        try (Replica v4 = replica(V4, 0);
                BlackHole v6 = new BlackHole(V6, port(v4))) {
            serves(v6.port(), V6, V4);
            long start = System.nanoTime();
            answered();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("the second address is tried after 250 ms, long before %s has passed", CONNECT)
                    .isBetween(Duration.ofMillis(240), CONNECT.dividedBy(4));
            answered();
            assertThat(v4.connections).hasValue(1);
        }
    }

    @Test
    void whereOneFamilyRefusesTheOtherServes() throws Exception {
        try (Replica v4 = replica(V4, 0)) {
            serves(port(v4), V6, V4);
            answered();
        }
    }

    @Test
    void whereNeitherAnswersTheStatusNamesBothAndWhatBecameOfEach() {
        try (BlackHole v6 = new BlackHole(V6, 0)) {
            serves(v6.port(), V6, V4);
            Channel impatient = impatient("600ms");
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(impatient, GET, CallOptions.DEFAULT, "bolts"))
                    .satisfies(failed ->
                            assertThat(Status.fromThrowable(failed).getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                    .hasMessageContaining("none of its addresses can be reached")
                    .hasMessageContaining("timed out after 600 ms: /[0:0:0:0:0:0:0:1]:" + v6.port())
                    .hasMessageContaining("Connection refused: /127.0.0.1:" + v6.port());
        }
    }

    private Channel impatient(String connectTimeout) {
        Mesh other = Mesh.builder()
                .drain(Duration.ZERO)
                .resolver(resolver)
                .set("connect.timeout", connectTimeout)
                .set("retry.attempts", "1")
                .set("deadline.total", "50s")
                .start();
        others.add(other);
        return MeshGrpc.create(other).channel("inventory");
    }

    @Test
    void theDeadlineHoldsWhileBothAreBlackHoles() {
        try (BlackHole v6 = new BlackHole(V6, 0);
                BlackHole v4 = new BlackHole(V4, v6.port())) {
            serves(v4.port(), V6, V4);
            long start = System.nanoTime();
            assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                            channel, GET, CallOptions.DEFAULT.withDeadlineAfter(400, TimeUnit.MILLISECONDS), "bolts"))
                    .satisfies(failed -> assertThat(Status.fromThrowable(failed).getCode())
                            .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CONNECT.dividedBy(4));
        }
    }

    @Test
    void whenTheFamilyInUseGoesAwayTheOtherTakesOverAndTheNodeStays() throws Exception {
        try (Replica v6 = replica(V6, 0);
                Replica v4 = replica(V4, port(v6))) {
            serves(port(v4), V6, V4);
            answered();
            assertThat(v6.asked()).isEqualTo(1);
            Node before = node();
            v6.drain();
            await().atMost(Duration.ofSeconds(20)).ignoreExceptions().untilAsserted(() -> {
                answered();
                assertThat(v4.asked()).isPositive();
            });
            assertThat(node()).isSameAs(before);
        }
    }

    @Test
    void whenTheAddressesChangeTheNodeStaysAndItsConnectionIsMadeAnew() throws Exception {
        try (Replica v6 = replica(V6, 0);
                Replica v4 = replica(V4, port(v6))) {
            serves(port(v4), V6);
            answered();
            Node before = node();
            serves(port(v4), V4);
            answered();
            assertThat(node()).isSameAs(before);
            assertThat(v6.asked()).isEqualTo(1);
            assertThat(v4.asked()).isEqualTo(1);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(v6.connections).hasValue(0));
        }
    }

    @Test
    void aCallThatWaitsForReadyIsSentWhenOneOfThemComesBack() throws Exception {
        int port;
        try (Replica gone = replica(V4, 0)) {
            port = port(gone);
        }
        serves(port, V6, V4);
        var answer = ClientCalls.futureUnaryCall(channel.newCall(GET, CallOptions.DEFAULT.withWaitForReady()), "bolts");
        try (Replica back = replica(V4, port)) {
            assertThat(answer.get(40, TimeUnit.SECONDS)).isEqualTo("echo of bolts");
            assertThat(back.asked()).isEqualTo(1);
        }
    }
}
