package dev.weft.bench;

import dev.weft.Mesh;
import dev.weft.MeshClient;
import dev.weft.consul.Consul;
import dev.weft.consul.testkit.ConsulAgent;
import dev.weft.policy.LayerValues;
import dev.weft.policy.Policy;
import dev.weft.retry.RetryLayer;
import dev.weft.testkit.StillWire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * How long after a policy is written to Consul's KV a call is under it, and how much of that is not Consul's own: beside
 * the mesh a bare blocking query waits for the same key.
 */
final class PolicyLatency {
    private static final String KEY = "weft/policy";
    /** Slower than the watch's own limit on queries, which is for keys that change all the time. */
    private static final long PAUSE_MILLIS = 1_100;

    private final ConsulAgent agent;
    private final HttpClient http = HttpClient.newHttpClient();

    private PolicyLatency(ConsulAgent agent) {
        this.agent = agent;
    }

    static void run(int writes) throws Exception {
        try (ConsulAgent agent = ConsulAgent.start()) {
            new PolicyLatency(agent).measure(writes);
        }
    }

    private void measure(int writes) throws Exception {
        Histogram bare = new Histogram(3);
        Histogram call = new Histogram(3);
        Histogram beyond = new Histogram(3);
        write(1);
        try (Consul consul = Consul.connect(agent.url());
                Mesh mesh = Mesh.builder().policy(consul.policy(KEY)).start()) {
            Routes routes = new Routes(mesh);
            routes.await(1);
            for (int i = 0; i < writes; i++) {
                int attempts = 2 + i % 2;
                long index = index();
                CompletableFuture<Long> woken = CompletableFuture.supplyAsync(() -> awaitChange(index), task -> {
                    Thread thread = new Thread(task, "bare query");
                    thread.setDaemon(true);
                    thread.start();
                });
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                long written = System.nanoTime();
                write(attempts);
                long seen = routes.await(attempts);
                long wake = woken.get(10, TimeUnit.SECONDS);
                bare.recordValue(Math.max(0, wake - written));
                call.recordValue(Math.max(0, seen - written));
                beyond.recordValue(Math.max(0, seen - wake));
            }
        }
        Table table = new Table("from the write on, ms", "p50", "p90", "p99", "max");
        row(table, "a bare blocking query answers", bare);
        row(table, "the first call under the new policy", call);
        row(table, "the difference", beyond);
        System.out.println("\n**policy in Consul KV**, " + writes + " writes\n");
        System.out.println(table.markdown());
    }

    private static void row(Table table, String title, Histogram nanos) {
        table.row(
                title,
                millis(nanos.getValueAtPercentile(50)),
                millis(nanos.getValueAtPercentile(90)),
                millis(nanos.getValueAtPercentile(99)),
                millis(nanos.getMaxValue()));
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f", nanos / 1e6);
    }

    private void write(int attempts) throws IOException, InterruptedException {
        String policy = "weft: 1\ndefaults:\n  retry: {attempts: " + attempts + "}\n";
        http.send(
                HttpRequest.newBuilder(uri(""))
                        .PUT(HttpRequest.BodyPublishers.ofString(policy))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
    }

    private long index() throws IOException, InterruptedException {
        return index(http.send(HttpRequest.newBuilder(uri("")).build(), HttpResponse.BodyHandlers.discarding()));
    }

    private long awaitChange(long index) {
        try {
            long seen = index;
            while (seen == index) {
                seen = index(http.send(
                        HttpRequest.newBuilder(uri("?wait=60s&index=" + index)).build(),
                        HttpResponse.BodyHandlers.discarding()));
            }
            return System.nanoTime();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static long index(HttpResponse<?> response) {
        return response.headers().firstValueAsLong("X-Consul-Index").orElse(0);
    }

    private URI uri(String query) {
        return URI.create(agent.url() + "/v1/kv/" + KEY + query);
    }

    /** Looks at the way that a call would go, ten times per millisecond. */
    private static final class Routes {
        private static final long LOOK_NANOS = 100_000;

        private final MeshClient<String> client;

        Routes(Mesh mesh) {
            client = mesh.client(new StillWire());
        }

        long await(int attempts) {
            while (true) {
                Policy policy = client.route("inventory", "GET", "/stock/7", LayerValues.NONE)
                        .policy();
                if (policy.get(RetryLayer.ATTEMPTS) == attempts) {
                    return System.nanoTime();
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }
}
