package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.Mesh;
import dev.weft.call.Verdict;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that are told to go while calls come and streams are open: no call fails, each stream ends in a status. */
@Timeout(120)
class GoawayUnderLoadTest {
    private static final int CALLERS = 4;
    private static final Duration SOON = Duration.ofSeconds(40);
    /** Which nobody may send twice once it may have been seen. */
    private static final MethodDescriptor<String, String> ORDER =
            GET.toBuilder().setIdempotent(false).build();

    private static final MethodDescriptor<String, String> TALK =
            Replica.TALK.toBuilder().setIdempotent(false).build();

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger answered = new AtomicInteger();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(CALLERS);

    private void load(Channel channel) {
        for (int i = 0; i < CALLERS; i++) {
            new Thread(() -> {
                        while (!stop.get()) {
                            try {
                                ClientCalls.blockingUnaryCall(channel, ORDER, CallOptions.DEFAULT, "bolts");
                                answered.incrementAndGet();
                            } catch (RuntimeException e) {
                                failures.add(e);
                            }
                        }
                        stopped.countDown();
                    })
                    .start();
        }
    }

    private static Mesh mesh(String... addresses) {
        return Mesh.builder()
                .drain(Duration.ZERO)
                .set("deadline.total", "100s")
                .set("balancer.kind", "roundRobin")
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .start();
    }

    private void noneFailed(Mesh mesh) throws InterruptedException {
        stop.set(true);
        assertThat(stopped.await(40, TimeUnit.SECONDS)).isTrue();
        assertThat(failures).isEmpty();
        await().atMost(SOON)
                .until(() -> mesh.clusters().values().stream()
                                .flatMap(cluster -> cluster.nodes().stream())
                                .mapToInt(Node::inFlight)
                                .sum()
                        == 0);
    }

    private static ServerCall.Listener<String> talking(ServerCall<String, String> call) {
        call.sendHeaders(new Metadata());
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(String word) {
                call.sendMessage("heard " + word);
                call.request(1);
            }

            @Override
            public void onHalfClose() {
                call.close(Status.OK, new Metadata());
            }
        };
    }

    private static Replica aging(long graceMillis) {
        return new Replica(
                builder -> builder.maxConnectionAge(200, TimeUnit.MILLISECONDS)
                        .maxConnectionAgeGrace(graceMillis, TimeUnit.MILLISECONDS),
                (call, headers) -> call.getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY
                        ? echo(call)
                        : talking(call));
    }

    private static int opened(List<Replica> replicas) {
        return replicas.stream().mapToInt(replica -> replica.opened.get()).sum();
    }

    /** Streams outlive the GOAWAY of their connection; those that do not end in time are cut off by the server. */
    @Test
    void gracefulOnesCostNoCallAndLeaveStreamsTheirTime() throws Exception {
        List<Replica> replicas = List.of(aging(60_000), aging(60_000));
        List<Replica> impatient = List.of(aging(500));
        try (Mesh mesh = mesh(replicas.stream().map(Replica::address).toArray(String[]::new));
                Mesh hurried = mesh(impatient.get(0).address())) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            load(channel);
            List<Collected<String>> heard = new ArrayList<>();
            List<StreamObserver<String>> words = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Collected<String> one = new Collected<>();
                heard.add(one);
                words.add(
                        ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, CallOptions.DEFAULT), one.observer()));
            }
            Collected<String> cut = new Collected<>();
            ClientCalls.asyncBidiStreamingCall(
                            MeshGrpc.create(hurried).channel("inventory").newCall(TALK, CallOptions.DEFAULT),
                            cut.observer())
                    .onNext("one");

            await().atMost(SOON).until(() -> (opened(replicas) >= 12 && answered.get() > 100) || !failures.isEmpty());
            words.forEach(each -> each.onNext("goodbye"));
            words.forEach(StreamObserver::onCompleted);

            for (Collected<String> one : heard) {
                assertThat(one.all()).containsExactly("heard goodbye");
            }
            assertThatThrownBy(cut::all).hasMessageContaining("UNAVAILABLE");
            assertThat(cut.messages).containsExactly("heard one");
            noneFailed(mesh);
            assertThat(replicas.stream().mapToInt(Replica::asked).sum()).isEqualTo(answered.get() + heard.size());
        } finally {
            stop.set(true);
            replicas.forEach(Replica::close);
            impatient.forEach(Replica::close);
        }
    }

    /** Every so often a connection takes no more, and says of the newest request that it has not been looked at. */
    @Test
    void thoseThatRefuseTheNewestRequestsCostNoCallEither() throws Exception {
        ConcurrentMap<Object, AtomicInteger> asked = new ConcurrentHashMap<>();
        AtomicInteger served = new AtomicInteger();
        AtomicInteger goaways = new AtomicInteger();
        Http2Server.Answer refusing = (connection, stream) -> {
            int count = asked.computeIfAbsent(connection.socket(), one -> new AtomicInteger())
                    .incrementAndGet();
            if (count == 25) {
                connection.goAway(stream - 2, Http2Server.NO_ERROR);
                goaways.incrementAndGet();
            } else if (count < 25) {
                served.incrementAndGet();
                connection.answer(stream);
            }
        };
        try (Http2Server one = new Http2Server(refusing);
                Http2Server two = new Http2Server(refusing);
                Mesh mesh = mesh(one.address(), two.address())) {
            load(MeshGrpc.create(mesh).channel("inventory"));
            await().atMost(SOON).until(() -> goaways.get() >= 20 || !failures.isEmpty());
            noneFailed(mesh);
            assertThat(served).hasValue(answered.get());
        } finally {
            stop.set(true);
        }
    }

    /** No connection failed: the server is as good as it was, and a refusal is nothing to be ejected for. */
    @Test
    void whatWaitsForItsTurnOnAConnectionThatGoesIsSentOverTheNext() throws Exception {
        Attempts attempts = new Attempts();
        AtomicInteger asked = new AtomicInteger();
        List<Http2Server.Connection> connections = new CopyOnWriteArrayList<>();
        try (Http2Server server = new Http2Server((connection, stream) -> {
                    connections.add(connection);
                    if (asked.getAndIncrement() == 0) {
                        connection.maxStreams(1);
                        connection.headers(stream);
                        connection.data(stream, false, new byte[5]);
                    } else {
                        connection.answer(stream);
                    }
                });
                Mesh mesh = Mesh.builder()
                        .drain(Duration.ZERO)
                        .set("deadline.total", "100s")
                        .stack(stack -> stack.before(Slot.WIRE, attempts))
                        .resolver(StaticResolver.empty().with("inventory", server.address()))
                        .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            Collected<String> heard = new Collected<>();
            ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, CallOptions.DEFAULT), heard.observer());
            await().atMost(SOON).until(() -> heard.messages.size() == 1);

            CountDownLatch begun = new CountDownLatch(1);
            CallOptions followed = CallOptions.DEFAULT.withStreamTracerFactory(new ClientStreamTracer.Factory() {
                @Override
                public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
                    return new ClientStreamTracer() {
                        @Override
                        public void streamCreated(Attributes transport, Metadata headers) {
                            begun.countDown();
                        }
                    };
                }
            });
            var answer = ClientCalls.futureUnaryCall(channel.newCall(ORDER, followed), "bolts");
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            connections.get(0).goAway(3, Http2Server.NO_ERROR);

            assertThat(answer.get(20, TimeUnit.SECONDS)).isEmpty();
            assertThat(attempts.made)
                    .extracting(attempt -> attempt.verdict())
                    .startsWith(Verdict.OK, Verdict.REFUSED)
                    .endsWith(Verdict.OK)
                    .containsOnly(Verdict.OK, Verdict.REFUSED);
            assertThat(attempts.asked()).allMatch(node -> !node.standing().ejected());
            assertThat(heard.closed).isNotDone();
            connections.get(0).fields(3, true, "grpc-status", "0");
            assertThat(heard.all()).hasSize(1);
        }
    }

    /** Of the streams that are open some are above what the GOAWAY names, some below when the connection breaks. */
    @Test
    void eachStreamEndsInAStatusAboveTheLastAndBelowIt() throws Exception {
        List<Http2Server.Connection> connections = new CopyOnWriteArrayList<>();
        try (Http2Server server = new Http2Server((connection, stream) -> {
                    connections.add(connection);
                    connection.headers(stream);
                    connection.data(stream, false, new byte[5]);
                });
                Mesh mesh = mesh(server.address())) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            List<Collected<String>> heard = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Collected<String> one = new Collected<>();
                heard.add(one);
                ClientCalls.asyncBidiStreamingCall(channel.newCall(TALK, CallOptions.DEFAULT), one.observer());
                await().atMost(SOON).until(() -> one.messages.size() == 1);
            }

            Http2Server.Connection connection = connections.get(0);
            assertThat(connections).containsOnly(connection);
            // The first of a client over Netty is 3, so three stay.
            connection.goAway(7, Http2Server.NO_ERROR);
            await().atMost(SOON)
                    .until(() ->
                            heard.stream().filter(one -> one.closed.isDone()).count() == 3);
            assertThat(heard.subList(0, 3)).noneMatch(one -> one.closed.isDone());
            connection.socket().close();

            heard.forEach(one -> assertThatThrownBy(one::all).hasMessageContaining("UNAVAILABLE"));
        }
    }
}
