package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerCredentials;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.testkit.FixedIdentity;
import dev.weft.testkit.TestCa;
import dev.weft.time.Time;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** mTLS with the mesh's identity, at both ends. */
@Timeout(120)
class TlsTest {
    private static final TestCa CA = TestCa.root("example.org");
    private static final Duration SOON = Duration.ofSeconds(30);

    private final List<BigInteger> seen = new CopyOnWriteArrayList<>();
    private final FixedIdentity source =
            new FixedIdentity(CA.consulSvid("storefront").trusting(CA));
    private @Nullable Replica server;
    private @Nullable Mesh mesh;

    @AfterEach
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private static ServerTls tls(String as, TestCa ca) {
        Keyring keyring = new Keyring(new FixedIdentity(ca.consulSvid(as).trusting(ca)), Time.system());
        keyring.start();
        return new ServerTls(keyring, TlsMode.STRICT, Time.system());
    }

    private Channel channel(ServerTls tls, FixedIdentity identity) {
        return channel(tls, identity, "strict");
    }

    private Channel channel(ServerTls tls, FixedIdentity identity, String mode) {
        Replica started = new Replica(MeshServerCredentials.of(tls), (call, headers) -> {
            seen.add(serial(call));
            return echo(call);
        });
        server = started;
        Mesh client = Mesh.builder()
                .drain(Duration.ZERO)
                .set("retry.attempts", "1")
                .set("tls.mode", mode)
                .identity(identity)
                .resolver(StaticResolver.empty().with("inventory", started.address()))
                .start();
        mesh = client;
        return MeshGrpc.create(client).channel("inventory");
    }

    private static BigInteger serial(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return BigInteger.ZERO;
        }
        try {
            return ((X509Certificate) session.getPeerCertificates()[0]).getSerialNumber();
        } catch (SSLPeerUnverifiedException e) {
            throw new AssertionError(e);
        }
    }

    private static String get(Channel channel) {
        return ClientCalls.blockingUnaryCall(
                channel, GET, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), "bolts");
    }

    @Test
    void bothEndsShowWhoTheyAre() {
        Channel channel = channel(tls("inventory", CA), source);

        assertThat(get(channel)).isEqualTo("echo of bolts");

        assertThat(seen).doesNotContain(BigInteger.ZERO);
    }

    @Test
    void aServerThatIsSomebodyElseIsRefusedAndTheStatusSaysSo() {
        Channel channel = channel(tls("pricing", CA), source);

        assertThatThrownBy(() -> get(channel))
                .hasMessageContaining("server of inventory")
                .hasMessageContaining("svc/pricing")
                .satisfies(refused ->
                        assertThat(Status.fromThrowable(refused).getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        assertThat(seen).isEmpty();
    }

    @Test
    void withoutAnIdentityACallSaysWhatItWaitsFor() {
        Channel channel = channel(tls("inventory", CA), new FixedIdentity());

        assertThatThrownBy(() -> get(channel)).hasMessageContaining("no identity yet");
    }

    @Test
    void credentialsOfACallThatWantPrivacyAreSent() {
        CallCredentials token = new CallCredentials() {
            @Override
            public void applyRequestMetadata(RequestInfo request, Executor executor, MetadataApplier applier) {
                if (request.getSecurityLevel() == SecurityLevel.PRIVACY_AND_INTEGRITY) {
                    applier.apply(Replica.metadata("authorization", "Bearer abc"));
                } else {
                    applier.fail(Status.UNAUTHENTICATED.withDescription("not over " + request.getSecurityLevel()));
                }
            }
        };
        Channel channel = channel(tls("inventory", CA), source);

        for (int i = 0; i < 2; i++) {
            assertThat(ClientCalls.blockingUnaryCall(
                            channel,
                            GET,
                            CallOptions.DEFAULT
                                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                                    .withCallCredentials(token),
                            "bolts"))
                    .isEqualTo("echo of bolts");
            assertThat(Objects.requireNonNull(server).header(i, "authorization"))
                    .isEqualTo("Bearer abc");
        }
    }

    @Test
    void permissiveGoesInPlainTextToAServerWithoutTls() {
        try (Replica plain = new Replica((call, headers) -> echo(call))) {
            Mesh client = Mesh.builder()
                    .drain(Duration.ZERO)
                    .set("tls.mode", "permissive")
                    .set("deadline.total", "50s")
                    .identity(source)
                    .resolver(StaticResolver.empty().with("inventory", plain.address()))
                    .start();
            mesh = client;
            Channel channel = MeshGrpc.create(client).channel("inventory");

            // The first attempt finds out.
            assertThat(get(channel)).isEqualTo("echo of bolts");
            assertThat(get(channel)).isEqualTo("echo of bolts");

            assertThat(plain.asked()).isEqualTo(2);
        }
    }

    @Test
    void permissiveDoesNotGoInPlainTextToAServerThatIsSomebodyElse() {
        Channel channel = channel(tls("pricing", CA), source, "permissive");

        assertThatThrownBy(() -> get(channel)).hasMessageContaining("svc/pricing");
        assertThatThrownBy(() -> get(channel)).hasMessageContaining("svc/pricing");
    }

    @Test
    void aRotationUnderLoadLosesNoCallAndIsSeenByTheServer() throws Exception {
        Channel channel = channel(tls("inventory", CA), source);
        get(channel);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger calls = new AtomicInteger();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        CountDownLatch stopped = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            new Thread(() -> {
                        while (!stop.get()) {
                            try {
                                get(channel);
                                calls.incrementAndGet();
                            } catch (RuntimeException e) {
                                failures.add(e);
                            }
                        }
                        stopped.countDown();
                    })
                    .start();
        }
        List<BigInteger> serials = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            var next = CA.consulSvid("storefront");
            serials.add(next.leaf().getSerialNumber());
            source.rotate(next.trusting(CA));
            await().atMost(SOON).until(() -> seen.contains(next.leaf().getSerialNumber()));
        }
        int before = calls.get();
        await().atMost(SOON).until(() -> calls.get() > before + 20);
        stop.set(true);

        assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).isEmpty();
        assertThat(seen).containsAll(serials);
        await().atMost(SOON).until(() -> server != null && server.connections.get() == 1);
    }
}
