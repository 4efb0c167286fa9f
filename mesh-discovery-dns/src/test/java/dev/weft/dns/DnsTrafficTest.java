package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.http.MeshHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP calls through a mesh, to servers that a real name server names, while its records change. */
final class DnsTrafficTest {
    private final Dnsmasq dns;
    private final List<Replica> replicas = new ArrayList<>();

    DnsTrafficTest(@TempDir Path folder) {
        this.dns = new Dnsmasq(folder);
        for (int i = 0; i < 3; i++) {
            replicas.add(new Replica());
        }
    }

    @AfterEach
    void stop() {
        dns.close();
        replicas.forEach(replica -> replica.server.stop(0));
    }

    /** Counts who calls. */
    private static final class Replica {
        final AtomicInteger calls = new AtomicInteger();
        final HttpServer server;

        Replica() {
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            server.createContext("/", exchange -> {
                calls.incrementAndGet();
                exchange.sendResponseHeaders(204, -1);
                exchange.close();
            });
            server.start();
        }
    }

    /** The name server names exactly these. */
    private void names(int... which) {
        List<String> lines = new ArrayList<>(List.of("host-record=ip.test,127.0.0.1"));
        for (int i : which) {
            lines.add("srv-host=_http._tcp.shop.test,ip.test,"
                    + replicas.get(i).server.getAddress().getPort() + ",1,10");
        }
        dns.runs(lines.toArray(String[]::new));
    }

    private void calledAgain(int i) {
        int before = replicas.get(i).calls.get();
        await().atMost(Seen.LONG).until(() -> replicas.get(i).calls.get() > before + 10);
    }

    @Test
    void noCallFailsWhileRecordsChangeAndTheNameServerGoesAndComes() throws Exception {
        names(0, 1);
        DnsResolver resolver = DnsResolver.builder()
                .srv("_http._tcp.{service}.test.")
                .nameServers(dns.address())
                .minTtl(Duration.ofMillis(50))
                .maxTtl(Duration.ofMillis(200))
                .timeout(Duration.ofMillis(300))
                .build();
        Queue<String> troubles = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        // The default may stay away from a replica for seconds after one slow answer.
        try (Mesh mesh = Mesh.builder()
                .source("dns", resolver)
                .set("balancer.kind", "roundRobin")
                .start()) {
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            Request request = new Request.Builder().url("http://shop/").build();
            Thread caller = new Thread(() -> {
                while (!over.get()) {
                    try (Response response = calls.newCall(request).execute()) {
                        if (response.code() != 204) {
                            troubles.add(response.toString());
                        }
                    } catch (IOException e) {
                        troubles.add(e.toString());
                    }
                }
            });
            caller.start();
            try {
                calledAgain(0);
                calledAgain(1);
                names(1, 2);
                calledAgain(2);
                awaitLeft(0);
                dns.close();
                calledAgain(1);
                calledAgain(2);
                names(0, 1, 2);
                calledAgain(0);
            } finally {
                over.set(true);
                caller.join();
            }
        }
        assertThat(troubles).isEmpty();
    }

    /** Waits until others are called and this one no more. */
    private void awaitLeft(int gone) {
        await().atMost(Seen.LONG).until(() -> {
            int before = replicas.get(gone).calls.get();
            calledAgain(1);
            calledAgain(2);
            return replicas.get(gone).calls.get() == before;
        });
    }
}
