package dev.weft.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.weft.Mesh;
import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.http.MeshHttp;
import dev.weft.identity.Identity;
import dev.weft.identity.Keyring;
import dev.weft.identity.ServerTls;
import dev.weft.identity.TlsMode;
import dev.weft.time.Time;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** HTTP from one service to another, both with an identity that a real Consul issued, while its authority is replaced. */
@Order(1)
class ConsulMtlsTest {
    private final Set<BigInteger> clients = ConcurrentHashMap.newKeySet();
    private final AtomicInteger done = new AtomicInteger();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @Test
    void aNewRootAndNewLeavesOnBothSidesLoseNoRequest() throws Exception {
        try (ConsulAgent agent = ConsulAgent.start();
                Consul consul = Consul.connect(agent.url());
                Keyring inventory = new Keyring(consul.identity("inventory"), Time.system());
                Mesh mesh = Mesh.builder()
                        .resolver(consul.resolver())
                        .identity(consul.identity("storefront"))
                        .drain(Duration.ofSeconds(5))
                        .start()) {
            inventory.start();
            Keyring storefront = Objects.requireNonNull(mesh.identity());
            await().atMost(SeenEndpoints.LONG).until(() -> inventory.current() != null && storefront.current() != null);
            HttpsServer server = serve(inventory);
            ExecutorService threads = Executors.newCachedThreadPool();
            server.setExecutor(threads);
            server.start();
            Registered.service(
                    agent, "inventory", "inventory-1", server.getAddress().getPort(), Map.of("Address", "127.0.0.1"));
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> callers = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    Thread caller = new Thread(() -> call(calls, stop));
                    callers.add(caller);
                    caller.start();
                }
                await().atMost(SeenEndpoints.LONG).until(() -> done.get() > 50);
                X509Certificate served = leaf(inventory);
                X509Certificate shown = leaf(storefront);

                Registered.newAuthorityKey(agent);

                // Consul spreads the renewals over half a minute.
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> !leaf(inventory).equals(served)
                                && !leaf(storefront).equals(shown));
                int renewed = done.get();
                await().atMost(SeenEndpoints.LONG).until(() -> done.get() > renewed + 50);
                await().atMost(SeenEndpoints.LONG)
                        .until(() -> clients.contains(leaf(storefront).getSerialNumber()));
            } finally {
                stop.set(true);
                for (Thread caller : callers) {
                    caller.join();
                }
                server.stop(0);
                threads.shutdownNow();
            }
            assertThat(failures).isEmpty();
        }
    }

    private static X509Certificate leaf(Keyring keyring) {
        Identity identity = Objects.requireNonNull(keyring.current());
        return identity.leaf();
    }

    private HttpsServer serve(Keyring keyring) throws IOException {
        ServerTls tls = new ServerTls(keyring, TlsMode.STRICT, Time.system());
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls.context()));
        server.createContext("/", exchange -> {
            var session = ((HttpsExchange) exchange).getSSLSession();
            clients.add(((X509Certificate) session.getPeerCertificates()[0]).getSerialNumber());
            byte[] body = String.valueOf(tls.client(session)).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        return server;
    }

    private void call(Call.Factory calls, AtomicBoolean stop) {
        Request request = new Request.Builder().url("http://inventory/stock").build();
        while (!stop.get()) {
            try (Response response = calls.newCall(request).execute()) {
                String client = response.body().string();
                if (!client.endsWith("/svc/storefront")) {
                    failures.add(new AssertionError("the server took the client for " + client));
                }
                done.incrementAndGet();
            } catch (IOException | RuntimeException e) {
                failures.add(e);
            }
        }
    }
}
