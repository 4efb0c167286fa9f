package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.weft.Mesh;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.CountedTime;
import dev.weft.testkit.ScriptedPolicySource;
import dev.weft.testkit.ScriptedResolver;
import dev.weft.testkit.Threads;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * As many calls as the machine makes over real sockets, to servers that fall ill, under a list that changes every 100 ms and
 * a policy that changes twice a second. Then rest, in which every counter is back at zero; as long again; rest, in which
 * there is no more memory in use than at the first; and the end, after which nothing is left. So long as {@code
 * -Dweft.soak.seconds} says, 6 otherwise, twice over.
 */
class SoakTest {
    private static final int SECONDS = Integer.getInteger("weft.soak.seconds", 6);
    private static final int SERVERS = 5;
    private static final int BLOCKING = 4;
    private static final int ASYNC = 16;
    /** Of memory: what the collector and the JIT leave by chance. An entry for each call is several times that. */
    private static final long MARGIN_BYTES = 4_000_000;
    /** Archives of the class path that are opened when they are first needed. */
    private static final long MARGIN_FILES = 20;

    /** What all policies have in common: calls that share answers, and a limit for each user. */
    private static final String ALL = """
            weft: 1
            defaults:
              deadline: {total: 500ms}
              collapse: {mode: on}
              rate: {limit: 1000/s, key: "header:x-user"}
            """;

    private static final List<String> POLICIES = List.of(
            "",
            "  balancer: {kind: maglev, hash: {key: 'header:x-user', boundedLoad: 1.5}}\n",
            "  balancer: {kind: prequal}\n  limits: {requests: 12, connections: 8, pending: 3}\n",
            "  balancer: {kind: p2c, subset: {size: 2}}\n  retry: {perTry: 40ms}\n",
            "  balancer: {kind: weightedRoundRobin, slowStart: 1s}\n  breaker: {mode: enforce, open: 100ms}\n",
            "  ejection: {mode: off}\n  connect: {timeout: 300ms}\n",
            "  fallback: {status: 203}\n  hedge: {maxExtraLoad: 0.1}\n");

    private final List<MoodyServer> servers = new ArrayList<>();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private final CountedTime time = new CountedTime();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final ScriptedPolicySource policy = new ScriptedPolicySource();
    private final Set<Node> seen = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService trouble = Executors.newSingleThreadScheduledExecutor();

    @BeforeEach
    void serve() throws IOException {
        for (int i = 0; i < SERVERS; i++) {
            servers.add(new MoodyServer());
        }
    }

    @AfterEach
    void stop() throws IOException {
        trouble.shutdownNow();
        for (MoodyServer server : servers) {
            server.close();
        }
    }

    @Test
    void nothingIsLeftOfManyCallsThroughTroubleAndChange() {
        Set<Thread> threads = Thread.getAllStackTraces().keySet();
        long files = openFiles();
        try (Mesh mesh = Mesh.builder()
                .resolver(resolver)
                .policy(policy)
                .metrics(registry)
                .time(time)
                .random(new Random(1))
                .start()) {
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            // What is loaded, compiled and cached once is there after the first.
            round(mesh, calls, 1);
            long memory = usedBytes();
            round(mesh, calls, 2);
            assertThat(usedBytes() - memory)
                    .as("bytes more, of %s calls", asked)
                    .isLessThan(MARGIN_BYTES);
        }
        assertThat(answered.get()).isGreaterThan(100L * SECONDS);
        assertThat(failed.get()).as("there was trouble").isPositive();
        await().atMost(Rig.PATIENCE).untilAsserted(() -> {
            assertThat(servers).as("connections").allMatch(server -> server.connections() == 0);
            assertThat(openFiles() - files).as("more sockets and files").isLessThan(MARGIN_FILES);
            assertThat(time.pending()).as("timers").isZero();
            assertThat(Thread.getAllStackTraces().keySet())
                    .as("threads of the mesh's that were not there before")
                    .filteredOn(thread -> !threads.contains(thread))
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("weft") || name.startsWith("OkHttp"));
        });
    }

    private void round(Mesh mesh, Call.Factory calls, int seed) {
        Random chance = new Random(seed);
        change(chance);
        policy.says(ALL);
        ScheduledFuture<?> changes = every(100, () -> {
            change(chance);
            for (Cluster cluster : mesh.clusters().values()) {
                seen.addAll(cluster.nodes());
            }
        });
        // A change of policy takes what it left behind with it, and is not to hide it all.
        ScheduledFuture<?> policies =
                every(500, () -> policy.says(ALL + POLICIES.get(chance.nextInt(POLICIES.size()))));
        load(calls, SECONDS / 2.0, seed);
        policies.cancel(false);
        policy.says(ALL);
        load(calls, SECONDS / 2.0, seed);
        changes.cancel(false);
        servers.forEach(server -> server.mood(MoodyServer.Mood.WELL));
        await().atMost(Rig.PATIENCE).untilAsserted(() -> assertIdle(mesh));
    }

    private ScheduledFuture<?> every(long millis, Runnable work) {
        return trouble.scheduleAtFixedRate(work, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Some of the servers are listed, and one of all has another mood. */
    private void change(Random chance) {
        List<MoodyServer> listed = new ArrayList<>(servers);
        Collections.shuffle(listed, chance);
        resolver.serve(
                "inventory",
                listed.subList(0, 2 + chance.nextInt(SERVERS - 1)).stream()
                        .map(server -> Endpoint.of("127.0.0.1", server.port()).withWeight(1 + chance.nextInt(3)))
                        .toList());
        MoodyServer.Mood[] moods = MoodyServer.Mood.values();
        servers.get(chance.nextInt(SERVERS))
                .mood(chance.nextBoolean() ? MoodyServer.Mood.WELL : moods[chance.nextInt(moods.length)]);
    }

    private void load(Call.Factory calls, double seconds, int seed) {
        Semaphore room = new Semaphore(ASYNC);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        Threads.atOnce(BLOCKING + 1, Rig.PATIENCE.plusSeconds(SECONDS), thread -> {
            Random chance = new Random(seed * 100L + thread);
            while (System.nanoTime() - end < 0) {
                long number = asked.incrementAndGet();
                // Most ask something of their own; some ask what others ask at the same time.
                String user = chance.nextInt(4) == 0 ? "all" : Long.toString(number);
                Call call = calls.newCall(new Request.Builder()
                        .url("http://inventory/items/" + user)
                        .header("X-User", Long.toString(number % 4 == 0 ? 0 : number))
                        .build());
                if (thread == BLOCKING) {
                    async(call, room, chance.nextInt(20) == 0);
                } else {
                    blocking(call);
                }
            }
        });
        await().atMost(Rig.PATIENCE).until(() -> room.availablePermits() == ASYNC);
    }

    private void blocking(Call call) {
        try (Response response = call.execute()) {
            count(response.isSuccessful());
        } catch (IOException e) {
            count(false);
        }
    }

    private void count(boolean well) {
        (well ? answered : failed).incrementAndGet();
    }

    private void async(Call call, Semaphore room, boolean changesItsMind) {
        room.acquireUninterruptibly();
        call.enqueue(new Callback() {
            @Override
            public void onFailure(Call failing, IOException e) {
                count(false);
                room.release();
            }

            @Override
            public void onResponse(Call answering, Response response) {
                count(response.isSuccessful());
                response.close();
                room.release();
            }
        });
        if (changesItsMind) {
            call.cancel();
        }
    }

    private void assertIdle(Mesh mesh) {
        assertThat(seen).isNotEmpty().allMatch(node -> node.inFlight() == 0);
        assertThat(mesh.clusters().values())
                .allMatch(cluster -> cluster.backlog().waiting() == 0);
        for (String name : List.of(
                "weft.client.requests",
                "weft.client.inflight",
                "weft.client.retry.active",
                "weft.client.backlog.calls",
                "weft.client.discovery.waiting")) {
            assertThat(registry.find(name).gauges())
                    .as(name)
                    .isNotEmpty()
                    .extracting(Gauge::value)
                    .containsOnly(0.0);
        }
        List<Integer> listed = Objects.requireNonNull(mesh.clusters().get("inventory")).nodes().stream()
                .map(node -> node.endpoint().port())
                .toList();
        assertThat(servers)
                .as("servers that are not in the list, and have connections")
                .filteredOn(server -> !listed.contains(server.port()))
                .allMatch(server -> server.connections() == 0);
        assertThat(time.pending()).as("timers").isZero();
    }

    private static long usedBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    /** 0 where the system does not tell. */
    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
