package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerCredentials;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.stack.Slot;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A peer that takes connections and never says a word, in plain text and over TLS. */
@Timeout(60)
class SilentPeerTest {
    private static final TestCa CA = TestCa.root("example.org");

    private final Attempts attempts = new Attempts();

    private MeshBuilder mesh(String mode, String... addresses) {
        return Mesh.builder()
                .drain(Duration.ZERO)
                .set("tls.mode", mode)
                .set("connect.timeout", "300ms")
                .set("deadline.total", "30s")
                .set("balancer.kind", "roundRobin")
                .stack(stack -> stack.before(Slot.ATTEMPT, attempts))
                .identity(new FixedIdentity(CA.consulSvid("storefront").trusting(CA)))
                .resolver(StaticResolver.empty().with("inventory", addresses));
    }

    private static String get(Channel channel) {
        return ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts");
    }

    private static ServerCredentials server(String mode) {
        if (mode.equals("off")) {
            return InsecureServerCredentials.create();
        }
        Keyring keyring =
                new Keyring(new FixedIdentity(CA.consulSvid("inventory").trusting(CA)), Time.system());
        keyring.start();
        return MeshServerCredentials.of(new ServerTls(keyring, TlsMode.STRICT, Time.system()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "strict"})
    void aCallToItIsUnsentInTheTimeThatConnectingMayTakeAndGoesElsewhere(String mode) {
        try (Doorkeeper silent = new Doorkeeper(null, Doorkeeper.OnHello::wait);
                Replica well = new Replica(server(mode), (call, headers) -> echo(call));
                Mesh mesh = mesh(mode, silent.address(), well.address()).start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            long start = System.nanoTime();
            for (int i = 0; i < 4; i++) {
                assertThat(get(channel)).isEqualTo("echo of bolts");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
            assertThat(attempts.made)
                    .filteredOn(attempt -> attempt.verdict() == Verdict.UNSENT)
                    .isNotEmpty()
                    .allMatch(attempt ->
                            attempt.node() != null && attempt.node().address().equals(silent.address()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "strict"})
    void whereThereIsNobodyElseTheStatusSaysWhatWasWaitedFor(String mode) {
        try (Doorkeeper silent = new Doorkeeper(null, Doorkeeper.OnHello::wait);
                Mesh mesh = mesh(mode, silent.address()).start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            assertThatThrownBy(() -> get(channel))
                    .hasMessageContaining(
                            mode.equals("off") ? "connecting timed out after 300 ms" : "did not answer a TLS hello")
                    .satisfies(failed ->
                            assertThat(Status.fromThrowable(failed).getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
    }
}
