package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Endpoint;
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
import io.grpc.stub.ClientCalls;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A migration over gRPC: servers with TLS and without, and nobody told which. The rule is that of HTTP. */
@Timeout(60)
class PermissiveTlsTest {
    private static final TestCa CA = TestCa.root("example.org");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Attempts attempts = new Attempts();
    private @Nullable Mesh mesh;

    @AfterEach
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
    }

    private static ServerTls tls(String service) {
        Keyring keyring = new Keyring(new FixedIdentity(CA.consulSvid(service).trusting(CA)), Time.system());
        keyring.start();
        return new ServerTls(keyring, TlsMode.STRICT, Time.system());
    }

    private MeshBuilder permissive(String address) {
        return Mesh.builder()
                .drain(Duration.ZERO)
                .set("tls.mode", "permissive")
                .set("retry.attempts", "1")
                .set("deadline.total", "20s")
                .metrics(registry)
                .stack(stack -> stack.before(Slot.ATTEMPT, attempts))
                .identity(new FixedIdentity(CA.consulSvid("storefront").trusting(CA)))
                .resolver(StaticResolver.empty().with("inventory", List.of(Endpoint.parse(address))));
    }

    private Channel channel(MeshBuilder builder) {
        Mesh started = builder.start();
        mesh = started;
        return MeshGrpc.create(started).channel("inventory");
    }

    private static String get(Channel channel) {
        return get(channel, CallOptions.DEFAULT);
    }

    private static String get(Channel channel, CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, GET, options, "bolts");
    }

    private double sentPlain() {
        var counter = registry.find("weft.client.plaintext").counter();
        return counter == null ? 0 : counter.count();
    }

    /** One attempt that went well, and nothing held against the node. */
    private void assertNoHarmDone(int calls) {
        assertThat(attempts.made).hasSize(calls).allMatch(attempt -> attempt.verdict() == Verdict.OK);
        assertThat(attempts.asked()).allSatisfy(node -> {
            assertThat(node.standing().condemned()).isFalse();
            assertThat(node.standing().tally().counts(System.nanoTime()).failed())
                    .isZero();
        });
        assertThat(sentPlain()).isEqualTo(calls);
    }

    @Test
    void aPlainServerIsFoundOutWithinTheFirstAttemptAndNothingIsHeldAgainstIt() {
        try (Replica plain = new Replica((call, headers) -> echo(call))) {
            Channel channel = channel(permissive(plain.address()));

            assertThat(get(channel)).isEqualTo("echo of bolts");
            assertThat(get(channel)).isEqualTo("echo of bolts");

            assertNoHarmDone(2);
            assertThat(plain.opened).as("connections that came to speak HTTP/2").hasValue(1);
        }
    }

    @Test
    void onePlainServerAmongCallsAtOnceServesThemAll() throws Exception {
        try (Replica plain = new Replica((call, headers) -> echo(call))) {
            Channel channel = channel(permissive(plain.address()));

            var answers = List.of(1, 2, 3, 4, 5, 6, 7, 8).stream()
                    .map(i -> ClientCalls.futureUnaryCall(channel.newCall(GET, CallOptions.DEFAULT), "bolts"))
                    .toList();
            for (var answer : answers) {
                assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("echo of bolts");
            }

            assertNoHarmDone(8);
        }
    }

    @Test
    void whoResetsAConnectionInPlaceOfAHandshakeIsSentPlainText() {
        try (Replica behind = new Replica((call, headers) -> echo(call));
                Doorkeeper plain = new Doorkeeper(behind.socketAddress(), Doorkeeper.OnHello::reset)) {
            assertThat(get(channel(permissive(plain.address())))).isEqualTo("echo of bolts");
            assertNoHarmDone(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"300ms", "60s"})
    void aPlainServerThatLetsAHelloWaitForEverCostsOneCallItsPatienceAndNoneAfterIt(String connectTimeout) {
        try (Replica behind = new Replica((call, headers) -> echo(call));
                Doorkeeper plain = new Doorkeeper(behind.socketAddress(), Doorkeeper.OnHello::wait)) {
            Channel channel = channel(permissive(plain.address())
                    .set("connect.timeout", connectTimeout)
                    .set("deadline.total", "4s"));
            for (int i = 0; i < 3; i++) {
                assertThat(get(channel)).isEqualTo("echo of bolts");
            }
            assertThat(plain.hellos).hasValue(1);
            assertNoHarmDone(3);
        }
    }

    @Test
    void aCallThatWaitsForReadyFindsAPlainServerAsWell() {
        try (Replica behind = new Replica((call, headers) -> echo(call));
                Doorkeeper plain = new Doorkeeper(behind.socketAddress(), Doorkeeper.OnHello::wait)) {
            Channel channel = channel(permissive(plain.address()).set("connect.timeout", "300ms"));
            assertThat(get(channel, CallOptions.DEFAULT.withWaitForReady())).isEqualTo("echo of bolts");
        }
    }

    @Test
    void aServerWithTlsIsSpokenToOverTls() {
        try (Replica secured = new Replica(MeshServerCredentials.of(tls("inventory")), (call, headers) -> echo(call))) {
            assertThat(get(channel(permissive(secured.address())))).isEqualTo("echo of bolts");
        }
        assertThat(sentPlain()).isZero();
    }

    private void assertNeverPlain(String address, String words) {
        Channel channel = channel(permissive(address).set("ejection.mode", "off"));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> get(channel)).hasStackTraceContaining(words);
        }
        assertThat(attempts.made)
                .as("two calls, and each once more for it was never sent")
                .hasSize(4)
                .allMatch(attempt -> attempt.verdict() == Verdict.UNSENT);
        assertThat(sentPlain()).isZero();
    }

    @Test
    void aServerThatIsSomebodyElseGetsNoPlainText() {
        try (Replica other = new Replica(MeshServerCredentials.of(tls("pricing")), (call, headers) -> echo(call))) {
            assertNeverPlain(other.address(), "svc/pricing");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2", ""})
    void aConnectionThatIsResetAfterItsHandshakeDoesNotMakeTheServerPlain(String protocol) {
        ServerTls tls = tls("inventory");
        try (Doorkeeper server = new Doorkeeper(null, client -> {
            handshake(tls, client, protocol);
            Doorkeeper.OnHello.reset(client);
        })) {
            assertNeverPlain(server.address(), "UNAVAILABLE");
            assertThat(server.hellos.get()).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    void aServerThatIsSilentAfterItsHandshakeDoesNotBecomePlain() {
        ServerTls tls = tls("inventory");
        try (Doorkeeper server = new Doorkeeper(null, client -> {
            SSLSocket secured = handshake(tls, client, "h2");
            for (int read = 0; read >= 0; ) {
                read = secured.getInputStream().read();
            }
        })) {
            assertNeverPlain(server.address(), "connecting timed out after 1000 ms");
        }
    }

    private static SSLSocket handshake(ServerTls tls, Socket client, String protocol) throws IOException {
        SSLSocket secured = (SSLSocket) tls.socketFactory().createSocket(client, "", 0, false);
        if (!protocol.isEmpty()) {
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {protocol});
            secured.setSSLParameters(parameters);
        }
        secured.startHandshake();
        return secured;
    }

    @Test
    void anUnknownHostGetsNoPlainText() {
        assertNeverPlain("nowhere.invalid:80", "nowhere.invalid");
    }

    @Test
    void aPortWhereNobodyListensGetsNoPlainText() {
        String free;
        try (Doorkeeper gone = new Doorkeeper(null, Doorkeeper.OnHello::wait)) {
            free = gone.address();
        }
        assertNeverPlain(free, "Connection refused");
    }

    @Test
    void whoSaysNothingAtAllIsAskedBothWaysAndTheCallEndsUnsent() {
        try (Doorkeeper silent = new Doorkeeper(null, Doorkeeper.OnHello::wait)) {
            Channel channel = channel(permissive(silent.address()).set("connect.timeout", "300ms"));
            assertThatThrownBy(() -> get(channel)).hasMessageContaining("connecting timed out after 300 ms");
            assertThat(silent.hellos.get())
                    .as("connections, over TLS and without")
                    .isGreaterThanOrEqualTo(3);
            assertThat(attempts.made)
                    .as("the call, and once more for it was never sent")
                    .hasSize(2)
                    .allMatch(attempt -> attempt.verdict() == Verdict.UNSENT);
            assertThat(sentPlain()).isEqualTo(2);
        }
    }
}
