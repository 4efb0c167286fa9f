package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.weft.Mesh;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.testkit.ScriptedResolver;
import dev.weft.testkit.Threads;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
 * As many calls as the machine makes over real sockets, to servers that fall ill and a list that changes every 100 ms; then
 * rest, in which every counter is back at zero, and the end, after which nothing is left. So long as {@code
 * -Dweft.soak.seconds} says, 6 otherwise, twice over.
 */
class SoakTest {
    private static final int SECONDS = Integer.getInteger("weft.soak.seconds", 6);
    private static final int SERVERS = 5;
    private static final int BLOCKING = 4;
    private static final int ASYNC = 16;
    /** Of memory: less than 16 bytes for each call of a minute, and more than the collector leaves by chance. */
    private static final long MARGIN_BYTES = 8_000_000;

    private final List<MoodyServer> servers = new ArrayList<>();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    @BeforeEach
    void serve() throws IOException {
        for (int i = 0; i < SERVERS; i++) {
            servers.add(new MoodyServer());
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(MoodyServer::close);
    }

    @Test
    void nothingIsLeftOfManyCallsThroughTroubleAndChange() {
        // What is loaded, compiled and cached once is there after the first.
        round(1);
        long memory = usedBytes();
        long files = openFiles();

        round(2);

        assertThat(answered.get()).isGreaterThan(100L * SECONDS);
        assertThat(failed.get()).as("there was trouble").isPositive();
        assertThat(usedBytes() - memory).as("bytes more").isLessThan(MARGIN_BYTES);
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(openFiles() - files)
                        .as("more sockets and files")
                        .isLessThanOrEqualTo(0));
    }

    private void round(int seed) {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ScriptedResolver resolver = new ScriptedResolver();
        Set<Node> seen = ConcurrentHashMap.newKeySet();
        ScheduledExecutorService trouble = Executors.newSingleThreadScheduledExecutor();
        try (Mesh mesh = Mesh.builder()
                .resolver(resolver)
                .metrics(registry)
                .random(new Random(seed))
                .set("deadline.total", "500ms")
                .start()) {
            change(resolver, new Random(seed));
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            Random chance = new Random(seed);
            ScheduledFuture<?> changes = trouble.scheduleAtFixedRate(
                    () -> {
                        change(resolver, chance);
                        for (Cluster cluster : mesh.clusters().values()) {
                            seen.addAll(cluster.nodes());
                        }
                    },
                    100,
                    100,
                    TimeUnit.MILLISECONDS);
            load(calls);
            changes.cancel(false);
            servers.forEach(server -> server.mood(MoodyServer.Mood.WELL));
            await().atMost(Rig.PATIENCE).untilAsserted(() -> assertIdle(mesh, seen, registry));
        } finally {
            trouble.shutdownNow();
        }
        await().atMost(Rig.PATIENCE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .as("threads of the mesh's that were not there before")
                        .filteredOn(thread -> !before.contains(thread))
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("weft") || name.startsWith("OkHttp")));
    }

    /** Some of the servers are listed, and one of all has another mood. */
    private void change(ScriptedResolver resolver, Random chance) {
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

    private void load(Call.Factory calls) {
        Semaphore room = new Semaphore(ASYNC);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        Threads.atOnce(BLOCKING + 1, Rig.PATIENCE.plusSeconds(SECONDS), thread -> {
            Random chance = new Random(thread);
            while (System.nanoTime() - end < 0) {
                Call call = calls.newCall(
                        new Request.Builder().url("http://inventory/items").build());
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

    private static void assertIdle(Mesh mesh, Set<Node> seen, SimpleMeterRegistry registry) {
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
