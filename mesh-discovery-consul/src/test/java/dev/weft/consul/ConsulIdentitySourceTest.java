package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.identity.ClientTls;
import dev.weft.identity.IdPattern;
import dev.weft.identity.Identity;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.SpiffeId;
import dev.weft.identity.TlsMode;
import dev.weft.time.Time;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Against the certificate authority of a real Consul. */
@Order(2)
class ConsulIdentitySourceTest {
    private final SeenIdentity seen = new SeenIdentity();

    @Test
    void aServiceGetsALeafOfItsOwnAndTheRoots() {
        try (Consul consul = Consul.connect(SharedAgent.get().url())) {
            consul.identity("storefront").start(seen);

            Identity identity = seen.awaitIdentity(SeenEndpoints.LONG, i -> true);
            String domain = identity.roots().keySet().iterator().next();
            assertThat(SpiffeId.of(identity.leaf()))
                    .isEqualTo(SpiffeId.ofConsul(domain, "default", "dc1", "storefront"));
            assertThat(identity.key().getAlgorithm()).isEqualTo("EC");
            assertThat(identity.roots().get(domain)).hasSize(1);
        }
    }

    @Test
    void twoServicesOfOneConsulKnowEachOther() throws Exception {
        try (Consul consul = Consul.connect(SharedAgent.get().url());
                Keyring server = new Keyring(consul.identity("inventory"), Time.system());
                Keyring client = new Keyring(consul.identity("storefront"), Time.system())) {
            server.start();
            client.start();
            await().atMost(SeenEndpoints.LONG).until(() -> server.current() != null && client.current() != null);
            ServerTls serverTls = new ServerTls(server, TlsMode.STRICT, Time.system());
            ClientTls clientTls = new ClientTls(
                    client,
                    "inventory",
                    List.of(IdPattern.parse("spiffe://{trustDomain}/ns/default/dc/dc1/svc/{service}")),
                    Time.system());

            try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                CompletableFuture<String> clientSeen = new CompletableFuture<>();
                Thread accepting = new Thread(() -> {
                    try (SSLSocket socket = (SSLSocket)
                            serverTls.socketFactory().createSocket(listening.accept(), "storefront", 0, true)) {
                        socket.startHandshake();
                        clientSeen.complete(String.valueOf(serverTls.client(socket.getSession())));
                        socket.getOutputStream().write(1);
                    } catch (Exception e) {
                        clientSeen.completeExceptionally(e);
                    }
                });
                accepting.start();
                try (SSLSocket socket =
                        (SSLSocket) clientTls.socketFactory().createSocket("127.0.0.1", listening.getLocalPort())) {
                    socket.startHandshake();
                    assertThat(clientTls.server(socket.getSession()).path()).endsWith("/svc/inventory");
                    assertThat(socket.getInputStream().read()).isEqualTo(1);
                }
                assertThat(clientSeen.get(30, TimeUnit.SECONDS)).endsWith("/svc/storefront");
            }
        }
    }

    @Test
    void aNewRootIsTrustedAtOnceAndTheLeafIsRenewedUnderIt() throws Exception {
        try (ConsulAgent agent = ConsulAgent.start();
                Consul consul = Consul.connect(agent.url())) {
            consul.identity("storefront").start(seen);
            Identity first = seen.awaitIdentity(SeenEndpoints.LONG, i -> true);
            seen.failures.clear();

            Registered.newAuthorityKey(agent);
            Identity between =
                    seen.awaitIdentity(SeenEndpoints.LONG, i -> rootsOf(i).size() == 2);
            assertThat(rootsOf(between)).containsAll(rootsOf(first));
            // Consul spreads the renewals over half a minute.
            Identity renewed =
                    seen.awaitIdentity(Duration.ofSeconds(90), i -> !i.leaf().equals(first.leaf()));
            assertThat(rootsOf(renewed)).containsAll(rootsOf(between));
            assertThat(renewed.chain()).hasSizeGreaterThan(1);
            assertThat(seen.failures).isEmpty();
        }
    }

    @Test
    void twoQuickRotationsLeaveAllRootsTrusted() throws Exception {
        try (ConsulAgent agent = ConsulAgent.start();
                Consul consul = Consul.connect(agent.url())) {
            consul.identity("storefront").start(seen);
            Identity first = seen.awaitIdentity(SeenEndpoints.LONG, i -> true);
            // A fresh agent may have answered "CA root is nil" for a moment.
            seen.failures.clear();

            Registered.newAuthorityKey(agent);
            Registered.newAuthorityKey(agent);

            Identity last =
                    seen.awaitIdentity(SeenEndpoints.LONG, i -> rootsOf(i).size() == 3);
            assertThat(rootsOf(last)).containsAll(rootsOf(first));
            assertThat(seen.failures).isEmpty();
        }
    }

    @Test
    void aNewAuthorityIsFollowedInOneStep() {
        try (ConsulAgent agent = ConsulAgent.start();
                Consul consul = Consul.connect(agent.url())) {
            consul.identity("storefront").start(seen);
            Identity first = seen.awaitIdentity(SeenEndpoints.LONG, i -> true);
            agent.kill();
            seen.awaitFailure("/v1/agent/connect/ca/");

            agent.restart();

            Identity second = seen.awaitIdentity(
                    SeenEndpoints.LONG,
                    i -> !i.roots().keySet().equals(first.roots().keySet()));
            assertThat(seen.identities)
                    .allSatisfy(i -> assertThat(i.roots())
                            .containsOnlyKeys(SpiffeId.of(i.leaf()).trustDomain()));
            assertThat(second.leaf()).isNotEqualTo(first.leaf());
        }
    }

    private static Set<X509Certificate> rootsOf(Identity identity) {
        return identity.roots().values().iterator().next();
    }
}
