package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.endpoint.Node;
import dev.weft.http.MeshHttp;
import dev.weft.testkit.BlackHole;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls to a host that a real name server gives addresses of both families, of which one is a black hole. */
final class DualStackTest {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final Request REQUEST =
            new Request.Builder().url("http://shop/").build();

    private final Dnsmasq dns;
    private final HttpServer v4;
    private final int port;

    DualStackTest(@TempDir Path folder) throws IOException {
        this.dns = new Dnsmasq(folder);
        this.v4 = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        this.port = v4.getAddress().getPort();
        v4.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        v4.start();
        dns.runs(
                "srv-host=_http._tcp.shop.test,host.test,%d,1,1".formatted(port),
                "host-record=host.test,127.0.0.1,::1");
    }

    @AfterEach
    void stop() {
        dns.close();
        v4.stop(0);
    }

    private Mesh mesh(Duration connect) {
        return Mesh.builder()
                .resolver(DnsResolver.builder()
                        .srv("_http._tcp.{service}.test.")
                        .nameServers(dns.address())
                        .build())
                .set("connect.timeout", connect.toMillis() + "ms")
                .set("deadline.total", "40s")
                .set("retry.attempts", "1")
                .start();
    }

    @Test
    void aBlackHoledFamilyCostsAQuarterOfASecondAndNotTheConnectTimeout() throws IOException {
        try (BlackHole v6 = new BlackHole("::1", port);
                Mesh mesh = mesh(CONNECT)) {
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            long start = System.nanoTime();
            try (Response answer = calls.newCall(REQUEST).execute()) {
                assertThat(answer.code()).isEqualTo(204);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(CONNECT.dividedBy(4));
            Node node = mesh.clusters().values().iterator().next().nodes().get(0);
            assertThat(node.address()).isEqualTo("host.test:" + v6.port());
            assertThat(node.endpoint().addresses()).containsExactly("::1", "127.0.0.1");
        }
    }

    @Test
    void whereBothFamiliesAreDeadTheFailureNamesBoth() {
        v4.stop(0);
        try (BlackHole v6 = new BlackHole("::1", port);
                Mesh mesh = mesh(Duration.ofMillis(500))) {
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            assertThatThrownBy(() -> calls.newCall(REQUEST).execute())
                    .hasMessageContaining("host.test:" + v6.port())
                    .hasMessageContaining("[0:0:0:0:0:0:0:1]:" + port + ": Connect timed out")
                    .hasMessageContaining("127.0.0.1:" + port + ": Connection refused");
        }
    }
}
