package dev.weft.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.weft.Mesh;
import dev.weft.call.Cancellable;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * As many calls as the machine makes over real sockets, to servers that fall ill, under a list that changes every 100 ms and
 * a policy that changes twice a second. Then rest, in which every counter is back at zero; as long again; rest, in which
 * there is no more memory in use than at the first; and the end, after which nothing is left. So long as {@code
 * -Dweft.soak.seconds} says, 6 otherwise, twice over. To soak a transport, extend this class, and say how it is called.
 */
public abstract class SoakContract {
    private static final int SECONDS = Integer.getInteger("weft.soak.seconds", 6);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SERVERS = 5;
    private static final int BLOCKING = 4;
    /** Enough that calls which hang until their deadline keep nobody from making others. */
    private static final int ASYNC = 256;
    /** Of memory: what the collector and the JIT leave by chance. An entry for each call is several times that. */
    private static final long MARGIN_BYTES = 4_000_000;
    /** What a thread of a pool keeps by itself until it ends, a minute after its last call: mostly buffers. */
    private static final long THREAD_BYTES = 16_384;
    /** Archives of the class path that are opened when they are first needed. */
    private static final long MARGIN_FILES = 20;

    /** What a server does, from one moment to the next. */
    public enum Mood {
        WELL,
        /** Answers that it failed. */
        FAILS,
        /** Answers that it is asked too much. */
        THROTTLES,
        /** Breaks connections off. */
        BREAKS,
        /** Answers nothing as long as it is so. */
        HANGS
    }

    /** A real server on a port of its own. */
    public interface Server extends AutoCloseable {
        int port();

        /** How many connections somebody has open to it. */
        int connections();

        void mood(Mood next);

        @Override
        void close() throws IOException;
    }

    /** Makes calls that change nothing. */
    public interface Caller {
        /** Whether it was answered well. */
        boolean call(String item, String user);

        /** The same for who does not wait; {@code then} runs once, on any thread. */
        Cancellable start(String item, String user, Told then);
    }

    /** Hears how a call ended. */
    public interface Told {
        void ended(boolean well);
    }

    private final List<Server> servers = new ArrayList<>();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private final CountedTime time = new CountedTime();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final ScriptedPolicySource source = new ScriptedPolicySource();
    private final Set<Node> seen = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService trouble = Executors.newSingleThreadScheduledExecutor();

    /** A server that is well. */
    protected abstract Server server() throws IOException;

    /** Calls the service {@code inventory}; the user is told in the header {@code x-user}. */
    protected abstract Caller caller(Mesh mesh);

    /** Lines of policy that this transport knows beside those of {@link ChangingPolicy}. */
    protected String[] policies() {
        return new String[0];
    }

    /** How the names of the threads begin that the transport starts, beside the mesh's own. */
    protected abstract String threads();

    @BeforeEach
    void serve() throws IOException {
        for (int i = 0; i < SERVERS; i++) {
            servers.add(server());
        }
    }

    @AfterEach
    void stop() throws IOException {
        trouble.shutdownNow();
        for (Server server : servers) {
            server.close();
        }
    }

    @Test
    void nothingIsLeftOfManyCallsThroughTroubleAndChange() {
        long threads = threadsOfTheMesh();
        long files = openFiles();
        try (Mesh mesh = Mesh.builder()
                .resolver(resolver)
                .policy(source)
                .metrics(registry)
                .time(time)
                .random(new Random(1))
                .start()) {
            Caller caller = caller(mesh);
            // What is loaded, compiled and cached once is there after the first; what chains have kept of its calls
            // goes
            // with them: policy has changed since, and this is the first call to see it.
            round(mesh, caller, 1);
            count(caller.call("all", "0"));
            await().atMost(PATIENCE).untilAsserted(() -> assertIdle(mesh));
            long memory = Leftovers.usedBytes();
            int pooled = threadCount();
            round(mesh, caller, 2);
            int more = Math.max(0, threadCount() - pooled);
            assertThat(Leftovers.usedBytes() - memory)
                    .as("bytes more, of %s calls and %s threads that were not there before", asked, more)
                    .isLessThan(MARGIN_BYTES + THREAD_BYTES * more);
        }
        assertThat(answered.get()).as("answers to %s calls", asked).isGreaterThan(100L * SECONDS);
        assertThat(failed.get()).as("there was trouble").isPositive();
        assertThat(registry.getMeters()).as("meters").isEmpty();
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(servers).as("connections").allMatch(server -> server.connections() == 0);
            assertThat(openFiles() - files).as("more sockets and files").isLessThan(MARGIN_FILES);
            assertThat(time.pending()).as("timers").isZero();
            assertThat(threadsOfTheMesh()).as("threads of the mesh's").isLessThanOrEqualTo(threads);
        });
    }

    private void round(Mesh mesh, Caller caller, int seed) {
        Random chance = new Random(seed);
        ChangingPolicy policy = new ChangingPolicy(source, SERVERS, chance, policies());
        change(chance);
        policy.usual();
        ScheduledFuture<?> changes = every(100, () -> {
            change(chance);
            for (Cluster cluster : mesh.clusters().values()) {
                seen.addAll(cluster.nodes());
            }
        });
        // A change of policy takes what it left behind with it, and is not to hide it all.
        ScheduledFuture<?> policies = every(500, policy::change);
        load(caller, SECONDS / 2.0, seed);
        stop(policies);
        load(caller, SECONDS / 2.0, seed);
        stop(changes);
        Future<?> calm = trouble.submit(() -> {
            policy.usual();
            servers.forEach(server -> server.mood(Mood.WELL));
        });
        await().atMost(PATIENCE).until(calm::isDone);
        await().atMost(PATIENCE).untilAsserted(() -> assertIdle(mesh));
    }

    /** What throws is not run again, and is seen here. */
    private static void stop(ScheduledFuture<?> trouble) {
        assertThat(trouble.isDone()).as("ended by itself").isFalse();
        trouble.cancel(false);
    }

    private ScheduledFuture<?> every(long millis, Runnable work) {
        return trouble.scheduleAtFixedRate(work, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Some of the servers are listed, and one of all has another mood. */
    private void change(Random chance) {
        resolver.serveSome(
                "inventory",
                servers.stream()
                        .map(server -> Endpoint.of("127.0.0.1", server.port()))
                        .toList(),
                chance);
        Mood[] moods = Mood.values();
        servers.get(chance.nextInt(SERVERS))
                .mood(chance.nextBoolean() ? Mood.WELL : moods[chance.nextInt(moods.length)]);
    }

    private void load(Caller caller, double seconds, int seed) {
        Semaphore room = new Semaphore(ASYNC);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        Threads.atOnce(BLOCKING + 1, PATIENCE.plusSeconds(SECONDS), thread -> {
            Random chance = new Random(seed * 100L + thread);
            while (System.nanoTime() - end < 0) {
                long number = asked.incrementAndGet();
                // Most ask something of their own; some ask what others ask at the same time.
                String item = chance.nextInt(4) == 0 ? "all" : Long.toString(number);
                String user = Long.toString(number % 4 == 0 ? 0 : number);
                if (thread < BLOCKING) {
                    count(caller.call(item, user));
                    continue;
                }
                room.acquireUninterruptibly();
                Cancellable call = caller.start(item, user, well -> {
                    count(well);
                    room.release();
                });
                if (chance.nextInt(20) == 0) {
                    call.cancel();
                }
            }
        });
        await().atMost(PATIENCE).until(() -> room.availablePermits() == ASYNC);
    }

    private void count(boolean well) {
        (well ? answered : failed).incrementAndGet();
    }

    private void assertIdle(Mesh mesh) {
        Leftovers.assertNone(mesh, registry, seen, time.pending());
        List<Integer> listed = Objects.requireNonNull(mesh.clusters().get("inventory")).nodes().stream()
                .map(node -> node.endpoint().port())
                .toList();
        assertThat(servers)
                .as("servers that are not in the list, and have connections")
                .filteredOn(server -> !listed.contains(server.port()))
                .allMatch(server -> server.connections() == 0);
    }

    private long threadsOfTheMesh() {
        return Threads.names().stream()
                .filter(name -> name.startsWith("weft") || name.startsWith(threads()))
                .count();
    }

    private static int threadCount() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    /** 0 where the system does not tell. */
    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}
