package dev.weft.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.call.Prober;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.time.Time;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Against real sockets. */
class TcpProberTest {
    private static final String HERE = "127.0.0.1";
    /** Of this machine as well, and nobody listens there. */
    private static final String NOBODY = "127.0.0.2";
    /** As Consul's DNS names what an SRV record points to; the system's resolver does not know it. */
    private static final String TARGET = "7f000001.addr.dc1.invalid";

    private static Optional<String> failure(Endpoint endpoint) throws Exception {
        Cluster cluster = new Cluster("inventory", Time.system());
        cluster.endpoints(List.of(endpoint));
        CompletableFuture<Optional<String>> ended = new CompletableFuture<>();
        TcpProber.INSTANCE.probe(cluster.nodes().get(0), Policy.builtIn("inventory"), new Prober.Listener() {
            @Override
            public void told(@Nullable String trouble) {
                ended.completeExceptionally(new AssertionError("told: " + trouble));
            }

            @Override
            public void ended(@Nullable String trouble) {
                ended.complete(Optional.ofNullable(trouble));
            }
        });
        Optional<String> failure = ended.get(20, TimeUnit.SECONDS);
        cluster.close();
        return failure;
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @Test
    void whoAcceptsAConnectionIsWell() throws Exception {
        try (ServerSocket server = listening()) {
            assertThat(failure(Endpoint.of(HERE, server.getLocalPort()))).isEmpty();
        }
    }

    @Test
    void theAddressesThatDiscoveryToldAreAskedOneAfterTheOther() throws Exception {
        try (ServerSocket server = listening()) {
            Endpoint endpoint = Endpoint.of(TARGET, server.getLocalPort());

            assertThat(failure(endpoint.withAddresses(List.of(HERE)))).isEmpty();
            assertThat(failure(endpoint.withAddresses(List.of(NOBODY, HERE)))).isEmpty();
        }
    }

    @Test
    void whereNobodyAcceptsEachRefusalIsTold() throws Exception {
        int port;
        try (ServerSocket server = listening()) {
            port = server.getLocalPort();
        }
        assertThat(failure(Endpoint.of(TARGET, port).withAddresses(List.of(NOBODY, HERE))))
                .hasValueSatisfying(reason -> assertThat(reason).matches("no connection: .*refused.*; .*refused.*"));
    }

    @Test
    void whatOneAddressLeavesOfItsTimeTheOthersHave() {
        FakeTime time = new FakeTime();
        List<Integer> given = new ArrayList<>();
        Map<String, Socket> sockets = new LinkedHashMap<>();
        List.of(0, 20, 500)
                .forEach(takes -> sockets.put("10.0.0." + sockets.size(), new Socket() {
                    @Override
                    public void connect(SocketAddress to, int timeoutMillis) throws IOException {
                        given.add(timeoutMillis);
                        time.advance(Duration.ofMillis(Math.min(takes, timeoutMillis)));
                        throw new ConnectException("refused");
                    }
                }));

        assertThat(TcpProber.connect(sockets, 80, Duration.ofMillis(300).toNanos(), time))
                .isEqualTo("no connection: refused; refused; refused");

        assertThat(given).containsExactly(100, 150, 280);
        assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(300));
    }
}
