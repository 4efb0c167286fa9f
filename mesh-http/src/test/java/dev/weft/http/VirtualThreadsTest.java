package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Blocking calls on virtual threads, from the JDK on whose monitors do not pin them (JEP 491). */
@EnabledForJreRange(min = JRE.JAVA_24)
class VirtualThreadsTest {
    private static final int AT_ONCE = 1_000;
    private static final int ROUNDS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    @TempDir
    Path folder;

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    @Test
    void thousandsOfBlockingCallsWaitAtOnceAndPinNothing() throws Exception {
        CyclicBarrier all = new CyclicBarrier(AT_ONCE);
        RawServer.Manners together = peer -> {
            while (true) {
                peer.readRequest();
                // Nobody is answered before everybody has asked: as many calls as that are waiting.
                if (await(all)) {
                    peer.ok("fine");
                }
            }
        };
        ExecutorService callers = virtualThreads();
        try (RawServer server = new RawServer(together);
                Recording recording = new Recording();
                Mesh mesh = Mesh.builder()
                        .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + server.port()))
                        .set("deadline.total", "120s")
                        .set("connect.timeout", "60s")
                        .drain(Duration.ZERO)
                        .start()) {
            Call.Factory calls = MeshHttp.create(mesh).callFactory();
            Request request =
                    new Request.Builder().url("http://inventory/stock").build();
            for (int round = 0; round < ROUNDS; round++) {
                if (round == 1) {
                    // Not the first: what is used for the first time pins whoever waits for its class.
                    recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
                    recording.start();
                }
                List<Future<Integer>> statuses = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    statuses.add(callers.submit(() -> status(calls, request)));
                }
                for (Future<Integer> status : statuses) {
                    assertThat(status).succeedsWithin(PATIENCE).isEqualTo(200);
                }
            }
            recording.stop();
            Path file = folder.resolve("pinned.jfr");
            recording.dump(file);
            assertThat(RecordingFile.readAllEvents(file))
                    .filteredOn(VirtualThreadsTest::isOurs)
                    .isEmpty();
        } finally {
            callers.shutdownNow();
        }
    }

    private static boolean await(CyclicBarrier all) throws InterruptedException {
        try {
            all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return true;
        } catch (BrokenBarrierException | TimeoutException e) {
            return false;
        }
    }

    private static int status(Call.Factory calls, Request request) throws IOException {
        try (Response response = calls.newCall(request).execute()) {
            response.body().string();
            return response.code();
        }
    }

    /** Not those of others in this JVM. */
    private static boolean isOurs(RecordedEvent event) {
        RecordedStackTrace trace = event.getStackTrace();
        return trace != null
                && trace.getFrames().stream()
                        .anyMatch(frame -> frame.getMethod().getType().getName().equals(MeshCall.class.getName()));
    }
}
