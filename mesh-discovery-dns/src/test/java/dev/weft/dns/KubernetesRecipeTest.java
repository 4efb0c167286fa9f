package dev.weft.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.weft.Mesh;
import dev.weft.http.MeshHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recipes for a headless service, against a responder of ours that answers as CoreDNS's kubernetes plugin does:
 * TTL 5 for what is and what is not, weights of 100 shared out, targets named after the address or the pod, their
 * addresses along with SRV records. The pods are HTTP servers on loopback addresses, all with one port.
 */
final class KubernetesRecipeTest {
    private static final String SERVICE = "inventory.shop.svc.cluster.local.";
    private static final Request REQUEST =
            new Request.Builder().url("http://inventory/").build();

    private final FakeNameServer coreDns = FakeNameServer.start();
    private final Map<String, HttpServer> pods = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private int port;

    @TempDir
    Path folder;

    @BeforeEach
    void twoPods() throws IOException {
        coreDns.zone.negativeTtl(5);
        runs("127.0.0.2");
        runs("127.0.0.3");
        ready("127.0.0.2", "127.0.0.3");
    }

    @AfterEach
    void stop() {
        pods.values().forEach(pod -> pod.stop(0));
        coreDns.close();
    }

    private void runs(String address) throws IOException {
        HttpServer pod = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), port), 0);
        port = pod.getAddress().getPort();
        AtomicInteger count = calls.computeIfAbsent(address, a -> new AtomicInteger());
        pod.createContext("/", exchange -> {
            count.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        pod.start();
        pods.put(address, pod);
    }

    /** What CoreDNS says of a headless service whose ready pods have these addresses. */
    private void ready(String... addresses) {
        String[] lines = new String[3 * addresses.length];
        for (int i = 0; i < addresses.length; i++) {
            String target = addresses[i].replace('.', '-') + "." + SERVICE;
            lines[3 * i] = SERVICE + " 5 A " + addresses[i];
            lines[3 * i + 1] =
                    "_http._tcp." + SERVICE + " 5 SRV 0 " + 100 / addresses.length + " " + port + " " + target;
            lines[3 * i + 2] = target + " 5 A " + addresses[i];
        }
        coreDns.zone.knows(lines);
        coreDns.zone.addressesComeAlong();
    }

    private DnsBuilder recipe() {
        return DnsResolver.builder()
                .srv("_http._tcp.{service}.shop.svc.cluster.local.")
                .nameServers(coreDns.address());
    }

    @Test
    void oneQuestionFindsAllPodsOfANamedPort() {
        try (DnsResolver resolver = recipe().build()) {
            Seen seen = Seen.watching(resolver, "inventory");
            seen.awaits("127.0.0.2:" + port, "127.0.0.3:" + port);
            assertThat(seen.last().get(0).address()).isEqualTo("127-0-0-2.inventory.shop.svc.cluster.local:" + port);
            assertThat(coreDns.questions()).containsExactly("_http._tcp." + SERVICE + " SRV");
        }
    }

    @Test
    void aDotAtTheEndSparesTheQuestionsOfNdotsAndSearchDomains() throws IOException {
        Path file = Files.writeString(
                folder.resolve("resolv.conf"),
                "search shop.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n");
        DnsBuilder base =
                DnsResolver.builder().family(IpFamily.IPV4).resolvConf(file).nameServers(coreDns.address());
        try (DnsResolver resolver =
                base.addresses("{service}.shop.svc.cluster.local.", port).build()) {
            Seen.watching(resolver, "inventory").awaits("127.0.0.2:" + port, "127.0.0.3:" + port);
        }
        assertThat(coreDns.questions()).containsExactly(SERVICE + " A");
        try (DnsResolver resolver = DnsResolver.builder()
                .family(IpFamily.IPV4)
                .resolvConf(file)
                .nameServers(coreDns.address())
                .addresses("{service}.shop.svc.cluster.local", port)
                .build()) {
            Seen.watching(resolver, "inventory").awaits("127.0.0.2:" + port, "127.0.0.3:" + port);
        }
        assertThat(coreDns.questions()).hasSize(1 + 4).endsWith(SERVICE + " A");
        try (DnsResolver resolver = DnsResolver.builder()
                .family(IpFamily.IPV4)
                .resolvConf(file)
                .nameServers(coreDns.address())
                .addresses("{service}", port)
                .build()) {
            Seen.watching(resolver, "inventory").awaits("127.0.0.2:" + port, "127.0.0.3:" + port);
        }
        assertThat(Collections.frequency(coreDns.questions(), SERVICE + " A")).isEqualTo(3);
    }

    @Test
    void duringARollingUpdateNoCallFails() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (Mesh mesh = Mesh.builder()
                .resolver(recipe().build())
                .set("balancer.kind", "roundRobin")
                .start()) {
            Call.Factory client = MeshHttp.create(mesh).callFactory();
            Thread caller = new Thread(() -> callUntil(over, client));
            caller.start();
            try {
                calledAgain("127.0.0.2");
                calledAgain("127.0.0.3");
                replace("127.0.0.2", "127.0.0.4", "127.0.0.3", "127.0.0.4");
                replace("127.0.0.3", "127.0.0.5", "127.0.0.4", "127.0.0.5");
            } finally {
                over.set(true);
                caller.join();
            }
        }
        assertThat(troubles).isEmpty();
    }

    /** A new pod becomes ready; then the old one is taken out of DNS, serves on for its grace period, and ends. */
    private void replace(String old, String fresh, String... left) throws IOException {
        runs(fresh);
        ready(left[0], left[1], old);
        calledAgain(fresh);
        ready(left);
        await().atMost(Seen.LONG).until(() -> {
            int before = count(old);
            calledAgain(fresh);
            calledAgain(fresh);
            return count(old) == before;
        });
        Objects.requireNonNull(pods.get(old)).stop(0);
    }

    private int count(String pod) {
        return Objects.requireNonNull(calls.get(pod)).get();
    }

    private void calledAgain(String pod) {
        int before = count(pod);
        await().atMost(Seen.LONG).until(() -> count(pod) > before + 10);
    }

    private void callUntil(AtomicBoolean over, Call.Factory client) {
        while (!over.get()) {
            try (Response response = client.newCall(REQUEST).execute()) {
                if (response.code() != 204) {
                    troubles.add(response.toString());
                }
            } catch (IOException e) {
                troubles.add(e.toString());
            }
        }
    }
}
