package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All servers are restarted in turn under load, unary and streaming. */
@Timeout(120)
class RollingRestartTest {
    private static final int CALLERS = 4;
    private static final int STREAMERS = 2;
    private static final Duration SOON = Duration.ofSeconds(30);
    /** Which nobody may send twice once it may have been seen. */
    private static final MethodDescriptor<String, String> ORDER =
            GET.toBuilder().setIdempotent(false).build();

    private static final MethodDescriptor<String, String> TALK =
            Replica.TALK.toBuilder().setIdempotent(false).build();

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(CALLERS + STREAMERS);

    private void load(Callable<String> call) {
        while (!stop.get()) {
            try {
                assertThat(call.call()).isEqualTo("echo of bolts");
                answered.incrementAndGet();
            } catch (Exception | AssertionError e) {
                failures.add(e);
            }
        }
        stopped.countDown();
    }

    private static String stream(Channel channel) throws Exception {
        Collected<String> heard = new Collected<>();
        StreamObserver<String> words =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, CallOptions.DEFAULT), heard.observer());
        words.onNext("bolts");
        words.onCompleted();
        heard.closed.get(50, TimeUnit.SECONDS);
        return String.join(",", heard.messages);
    }

    private void more(int calls) {
        int before = answered.get();
        await().atMost(SOON).until(() -> answered.get() >= before + calls || !failures.isEmpty());
    }

    @Test
    void noCallAndNoStreamFailsAndNoneIsMadeTwice() throws Exception {
        List<Replica> replicas = new ArrayList<>();
        AtomicInteger served = new AtomicInteger();
        for (int i = 0; i < 3; i++) {
            replicas.add(new Replica((call, headers) -> echo(call)));
        }
        try (Mesh mesh = Mesh.builder()
                .drain(Duration.ofSeconds(10))
                .set("deadline.total", "60s")
                .set("balancer.kind", "roundRobin")
                .resolver(StaticResolver.empty()
                        .with(
                                "inventory",
                                replicas.stream().map(Replica::address).toArray(String[]::new)))
                .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            for (int i = 0; i < CALLERS; i++) {
                new Thread(() ->
                                load(() -> ClientCalls.blockingUnaryCall(channel, ORDER, CallOptions.DEFAULT, "bolts")))
                        .start();
            }
            for (int i = 0; i < STREAMERS; i++) {
                new Thread(() -> load(() -> stream(channel))).start();
            }
            more(200);
            for (int i = 0; i < replicas.size(); i++) {
                Replica old = replicas.get(i);
                InetSocketAddress address = old.socketAddress();
                old.drain();
                served.addAndGet(old.asked());
                more(100);
                Replica back = new Replica(address, (call, headers) -> echo(call));
                replicas.set(i, back);
                await().atMost(SOON).until(() -> back.asked() > 0);
            }
            more(100);
            stop.set(true);

            assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(failures).isEmpty();
            replicas.forEach(replica -> served.addAndGet(replica.asked()));
            assertThat(served).hasValue(answered.get());
            assertThat(mesh.clusters().values())
                    .flatExtracting(cluster -> cluster.nodes())
                    .extracting(Node::inFlight)
                    .containsOnly(0);
        } finally {
            stop.set(true);
            replicas.forEach(Replica::close);
        }
    }
}
