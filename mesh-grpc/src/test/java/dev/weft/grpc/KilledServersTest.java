package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.TALK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.testkit.ScriptedResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three server processes are killed in turn under load, with no chance to say goodbye, and others take their places. */
@Timeout(120)
class KilledServersTest {
    private static final int SERVERS = 3;
    private static final int CALLERS = 3;
    private static final int STREAMERS = 2;
    private static final int WORDS = 20;
    private static final Duration SOON = Duration.ofSeconds(30);

    /** One to each server: it is not hedged, which would bring two to the same. */
    private static final MethodDescriptor<String, String> HELD =
            TALK.toBuilder().setIdempotent(false).build();

    private final List<HopProcess> servers = new ArrayList<>();
    private final ScriptedResolver resolver = new ScriptedResolver();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final CountDownLatch stopped = new CountDownLatch(CALLERS + STREAMERS);
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger streamed = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final List<Status.Code> ends = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() {
        for (int i = 0; i < 2 * SERVERS; i++) {
            servers.add(new HopProcess("echo", "127.0.0.1:1"));
        }
        serve(0);
    }

    @AfterEach
    void stop() {
        stop.set(true);
        servers.forEach(HopProcess::close);
    }

    /** Those from that one on, as many as there should be. */
    private void serve(int first) {
        resolver.serve(
                "inventory",
                servers.subList(first, first + SERVERS).stream()
                        .map(HopProcess::address)
                        .toArray(String[]::new));
    }

    private void call(Channel channel) {
        while (!stop.get()) {
            try {
                ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts");
                answered.incrementAndGet();
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        stopped.countDown();
    }

    private static StreamObserver<String> talk(
            Channel channel, MethodDescriptor<String, String> method, Collected<String> heard) {
        return ClientCalls.asyncBidiStreamingCall(channel.newCall(method, CallOptions.DEFAULT), heard.observer());
    }

    private void stream(Channel channel) {
        while (!stop.get()) {
            Collected<String> heard = new Collected<>();
            StreamObserver<String> words = talk(channel, TALK, heard);
            for (int i = 0; i < WORDS; i++) {
                words.onNext("bolts");
            }
            words.onCompleted();
            Status.Code end = end(heard);
            ends.add(end);
            if (end == Status.Code.OK) {
                assertThat(heard.messages).hasSize(WORDS);
            }
            streamed.incrementAndGet();
        }
        stopped.countDown();
    }

    private static Status.Code end(Collected<String> heard) {
        Throwable cut = catchThrowable(() -> heard.closed.get(50, TimeUnit.SECONDS));
        return cut == null ? Status.Code.OK : Status.fromThrowable(cut).getCode();
    }

    private void more(int calls, int streams) {
        int answeredBefore = answered.get();
        int streamedBefore = streamed.get();
        await().atMost(SOON)
                .until(() -> answered.get() >= answeredBefore + calls && streamed.get() >= streamedBefore + streams);
    }

    @Test
    void noCallFailsAndEachStreamEndsInAStatus() throws Exception {
        try (Mesh mesh = Mesh.builder()
                .drain(Duration.ofSeconds(1))
                .set("deadline.total", "100s")
                .set("balancer.kind", "roundRobin")
                // However busy the machine: a server that is passed over at first is not held on to, and another is
                // twice.
                .set("connect.timeout", "30s")
                .resolver(resolver)
                .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            List<Collected<String>> held = new ArrayList<>();
            for (int i = 0; i < SERVERS; i++) {
                Collected<String> heard = new Collected<>();
                talk(channel, HELD, heard).onNext("bolts");
                await().atMost(SOON).until(() -> heard.messages.size() == 1);
                held.add(heard);
            }
            for (int i = 0; i < CALLERS; i++) {
                new Thread(() -> call(channel)).start();
            }
            for (int i = 0; i < STREAMERS; i++) {
                new Thread(() -> stream(channel)).start();
            }
            more(100, 10);
            for (int i = 0; i < SERVERS; i++) {
                int killed = i;
                servers.get(i).close();
                await().atMost(SOON)
                        .until(() -> held.stream()
                                        .filter(each -> each.closed.isDone())
                                        .count()
                                == killed + 1);
                more(50, 5);
                serve(i + 1);
                more(50, 5);
            }
            stop.set(true);

            assertThat(stopped.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(failures).isEmpty();
            assertThat(held).extracting(KilledServersTest::end).containsOnly(Status.Code.UNAVAILABLE);
            assertThat(ends).isSubsetOf(Status.Code.OK, Status.Code.UNAVAILABLE);
        }
    }
}
