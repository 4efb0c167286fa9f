package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.TALK;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerCredentials;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.stack.Slot;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.ScriptedResolver;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The mesh over a transport that the application brings: grpc-okhttp. */
@Timeout(120)
class OwnTransportTest {
    private static final TestCa CA = TestCa.root("example.org");
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final MethodDescriptor<String, String> ORDER =
            GET.toBuilder().setIdempotent(false).build();

    private final Attempts attempts = new Attempts();
    private final List<AutoCloseable> closing = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : closing) {
            each.close();
        }
    }

    private Mesh mesh(UnaryOperator<MeshBuilder> more) {
        Mesh mesh = more.apply(Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("deadline.total", "50s")
                        .set("retry.backoff.base", "1ms")
                        .stack(stack -> stack.before(Slot.WIRE, attempts)))
                .start();
        closing.add(0, mesh);
        return mesh;
    }

    private Channel channel(String... addresses) {
        return MeshGrpc.over(
                        mesh(builder -> builder.resolver(StaticResolver.empty().with("inventory", addresses))),
                        OkHttpChannelBuilder::forTarget)
                .channel("inventory");
    }

    private Replica replica() {
        Replica replica = new Replica((call, headers) -> echo(call));
        closing.add(replica);
        return replica;
    }

    private static String order(Channel channel) {
        return ClientCalls.blockingUnaryCall(
                channel, ORDER, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), "bolts");
    }

    private List<Verdict> verdicts() {
        return attempts.made.stream().map(attempt -> attempt.verdict()).toList();
    }

    @Test
    void callsAndStreamsAreBalancedAndWhatWasNotSentGoesElsewhere() throws Exception {
        Replica one = replica();
        Replica gone = new Replica((call, headers) -> echo(call));
        String nobody = gone.address();
        gone.drain();
        Channel channel = channel(nobody, one.address());

        for (int i = 0; i < 10; i++) {
            assertThat(order(channel)).isEqualTo("echo of bolts");
        }
        Collected<String> heard = new Collected<>();
        StreamObserver<String> words =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, CallOptions.DEFAULT), heard.observer());
        words.onNext("nuts");
        words.onCompleted();

        assertThat(heard.all()).containsExactly("echo of nuts");
        assertThat(verdicts()).contains(Verdict.UNSENT).doesNotContain(Verdict.LOST);
        assertThat(one.asked()).isEqualTo(11);
        assertThat(one.authorities).containsOnly("inventory");
        assertThat(one.header(0, "user-agent")).contains("okhttp");
    }

    @Test
    void whatIsRefusedIsSentAgain() throws Exception {
        Http2Server refusing =
                new Http2Server((connection, stream) -> connection.reset(stream, Http2Server.REFUSED_STREAM));
        closing.add(refusing);
        Channel channel = channel(refusing.address());

        assertThatThrownBy(() -> order(channel)).isNotNull();

        assertThat(verdicts()).containsOnly(Verdict.REFUSED).hasSize(4);
    }

    @Test
    void whatIsAboveAGoawayIsSentAgainAndWhatIsLostIsNot() throws Exception {
        Http2Server going = new Http2Server((connection, stream) -> connection.goAway(0, Http2Server.NO_ERROR));
        Http2Server losing =
                new Http2Server((connection, stream) -> connection.socket().close());
        closing.add(going);
        closing.add(losing);
        Channel channel = channel(going.address());

        assertThatThrownBy(() -> order(channel)).isNotNull();
        assertThat(verdicts()).containsOnly(Verdict.REFUSED).hasSize(4);

        attempts.made.clear();
        Channel lost = channel(losing.address());
        assertThatThrownBy(() -> order(lost)).isNotNull();
        assertThat(verdicts()).containsExactly(Verdict.LOST);
    }

    @Test
    void addressesOfOneEndpointAreRaced() throws Exception {
        Replica v4 = replica();
        ScriptedResolver resolver = new ScriptedResolver();
        int port = v4.socketAddress().getPort();
        resolver.serve("inventory", List.of(Endpoint.of("a.test", port).withAddresses(List.of("::1", "127.0.0.1"))));
        Mesh mesh = mesh(builder -> builder.resolver(resolver));

        assertThat(order(MeshGrpc.over(mesh, OkHttpChannelBuilder::forTarget).channel("inventory")))
                .isEqualTo("echo of bolts");
    }

    @Test
    void aPeerThatSaysNothingIsUnsentInTheTimeThatConnectingMayTakeAndTheCallGoesElsewhere() {
        Doorkeeper silent = new Doorkeeper(null, Doorkeeper.OnHello::wait);
        closing.add(silent);
        Replica well = replica();
        Mesh mesh = mesh(builder -> builder.set("connect.timeout", "300ms")
                .set("balancer.kind", "roundRobin")
                .resolver(StaticResolver.empty().with("inventory", silent.address(), well.address())));
        Channel channel = MeshGrpc.over(mesh, OkHttpChannelBuilder::forTarget).channel("inventory");

        for (int i = 0; i < 4; i++) {
            assertThat(order(channel)).isEqualTo("echo of bolts");
        }

        assertThat(verdicts()).contains(Verdict.UNSENT).containsOnly(Verdict.UNSENT, Verdict.OK);
        assertThat(well.asked()).isEqualTo(4);
    }

    private static ServerTls tls(String as) {
        Keyring keyring = new Keyring(new FixedIdentity(CA.consulSvid(as).trusting(CA)), Time.system());
        keyring.start();
        return new ServerTls(keyring, TlsMode.STRICT, Time.system());
    }

    /** A channel over TLS to a server with that name; what it sees of the caller's certificates goes to {@code seen}. */
    private Channel secure(String as, FixedIdentity identity, List<BigInteger> seen) {
        Replica replica = new Replica(MeshServerCredentials.of(tls(as)), (call, headers) -> {
            try {
                var session = Objects.requireNonNull(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
                seen.add(((X509Certificate) session.getPeerCertificates()[0]).getSerialNumber());
            } catch (SSLException e) {
                throw new AssertionError(e);
            }
            return echo(call);
        });
        closing.add(replica);
        Mesh mesh = mesh(builder -> builder.set("tls.mode", "strict")
                .identity(identity)
                .resolver(StaticResolver.empty().with("inventory", replica.address())));
        return MeshGrpc.over(mesh, OwnTransportTest::okHttp).channel("inventory");
    }

    /** As docs/grpc.md has it. */
    private static ManagedChannelBuilder<?> okHttp(String target, ChannelCredentials credentials) {
        if (!(credentials instanceof TlsChannelCredentials tls)) {
            return OkHttpChannelBuilder.forTarget(target, credentials);
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    tls.getKeyManagers().toArray(KeyManager[]::new),
                    tls.getTrustManagers().toArray(TrustManager[]::new),
                    null);
            return OkHttpChannelBuilder.forTarget(target)
                    .sslSocketFactory(context.getSocketFactory())
                    .hostnameVerifier((host, session) -> true);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void itShowsTheMeshsIdentityOfNow() {
        var first = CA.consulSvid("storefront");
        var second = CA.consulSvid("storefront");
        FixedIdentity identity = new FixedIdentity(first.trusting(CA));
        List<BigInteger> seen = new CopyOnWriteArrayList<>();
        Channel channel = secure("inventory", identity, seen);

        assertThat(order(channel)).isEqualTo("echo of bolts");
        assertThat(seen).containsExactly(first.leaf().getSerialNumber());

        identity.rotate(second.trusting(CA));
        await().atMost(SOON).until(() -> {
            order(channel);
            return seen.contains(second.leaf().getSerialNumber());
        });
    }

    @Test
    void itRefusesAServerThatIsSomebodyElse() {
        List<BigInteger> seen = new CopyOnWriteArrayList<>();
        Channel channel =
                secure("pricing", new FixedIdentity(CA.consulSvid("storefront").trusting(CA)), seen);

        assertThatThrownBy(() -> order(channel))
                .hasMessageContaining("server of inventory")
                .hasMessageContaining("svc/pricing");
        assertThat(seen).isEmpty();
    }

    @Test
    void aBuilderThatFailsEndsTheCallWithItsReasonAndSpeaksAgainstNoNode() {
        Mesh mesh = mesh(builder -> builder.resolver(StaticResolver.empty().with("inventory", "127.0.0.1:1")));
        Channel channel = MeshGrpc.over(mesh, (target, credentials) -> {
                    throw new IllegalStateException("no okio here");
                })
                .channel("inventory");

        for (int i = 0; i < 8; i++) {
            assertThatThrownBy(() -> order(channel))
                    .satisfies(failed ->
                            assertThat(Status.fromThrowable(failed).getCode()).isEqualTo(Status.Code.INTERNAL))
                    .hasMessageContaining("no channel to 127.0.0.1:1 of inventory can be made")
                    .hasMessageContaining("no okio here");
        }

        assertThat(attempts.made).hasSize(8);
        Node node = attempts.asked().get(0);
        assertThat(node.standing().ejected()).isFalse();
        assertThat(node.inFlight()).isZero();
    }
}
