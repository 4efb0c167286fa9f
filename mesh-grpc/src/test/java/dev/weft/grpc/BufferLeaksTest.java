package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.LIST;
import static dev.weft.grpc.Replica.TALK;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.weft.Mesh;
import dev.weft.endpoint.Node;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.util.ResourceLeakDetector;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Whatever becomes of calls, none of Netty's buffers is lost: its leak detector follows each of them. */
@Timeout(180)
class BufferLeaksTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int ROUNDS = 60;
    private static final String LARGE = "x".repeat(100_000);

    private final Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private final ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();

    @BeforeEach
    void listen() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        said.start();
        detector.addAppender(said);
        detector.setAdditive(false);
    }

    @AfterEach
    void listenNoMore() {
        ResourceLeakDetector.setLevel(before);
        detector.detachAppender(said);
        detector.setAdditive(true);
    }

    private List<String> leaks() {
        return new ArrayList<>(said.list)
                .stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** Collects what nobody holds any more, and has the detector look: it does so when a buffer is taken. */
    private static void look() {
        System.gc();
        for (int i = 0; i < 10; i++) {
            ByteBufAllocator.DEFAULT.buffer(16).release();
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
    }

    private static void lose(String what) {
        ByteBufAllocator.DEFAULT.directBuffer(16).touch(what);
    }

    private static void unary(Channel channel, CallOptions options, String what) {
        try {
            ClientCalls.blockingUnaryCall(channel, GET, options, what);
        } catch (RuntimeException failed) {
            assertThat(failed).isNotNull();
        }
    }

    /** A stream that is given up with messages under way and unread. */
    private static void abandon(Channel channel, MethodDescriptor<String, String> method) {
        ClientCall<String, String> call =
                channel.newCall(method, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS));
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage(LARGE);
        call.request(1);
        call.cancel("enough", null);
    }

    private static void storm(Channel channel) {
        for (int i = 0; i < ROUNDS; i++) {
            unary(channel, CallOptions.DEFAULT, LARGE);
            unary(channel, CallOptions.DEFAULT.withCompression("gzip"), LARGE);
            unary(channel, CallOptions.DEFAULT.withMaxInboundMessageSize(4), LARGE);
            unary(channel, CallOptions.DEFAULT.withMaxOutboundMessageSize(4), LARGE);
            unary(channel, CallOptions.DEFAULT.withDeadlineAfter(i % 10, TimeUnit.MILLISECONDS), LARGE);
            abandon(channel, TALK);
            abandon(channel, LIST);
        }
    }

    private static Mesh mesh(String... addresses) {
        return Mesh.builder()
                .drain(Duration.ZERO)
                .set("deadline.total", "1s")
                .set("retry.backoff.base", "1ms")
                .set("retry.backoff.cap", "1ms")
                .set("ejection.mode", "off")
                .set("limits.throttle", "off")
                .set("balancer.kind", "roundRobin")
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .start();
    }

    /** Answers, and breaks off in each way there is. */
    private static Http2Server.Answer breaking() {
        AtomicInteger which = new AtomicInteger();
        byte[] longer = new byte[20];
        longer[4] = 100;
        return (connection, stream) -> {
            switch (which.incrementAndGet() % 6) {
                case 0 -> connection.reset(stream, Http2Server.REFUSED_STREAM);
                case 1 -> {
                    connection.headers(stream);
                    connection.data(stream, false, longer);
                    connection.reset(stream, Http2Server.INTERNAL_ERROR);
                }
                case 2 -> {
                    connection.headers(stream);
                    connection.data(stream, true, longer);
                }
                case 3 -> {
                    connection.headers(stream);
                    connection.data(stream, false, longer);
                    connection.socket().close();
                }
                case 4 -> connection.goAway(0, Http2Server.NO_ERROR);
                default -> {
                    connection.headers(stream);
                    connection.data(stream, false, longer);
                    connection.fields(stream, true, "grpc-status", "13");
                }
            }
        };
    }

    @Test
    void failuresCancellationsOversizeMessagesAndStormsOfResetsLoseNone() {
        try (Replica good = new Replica((call, headers) -> echo(call));
                Http2Server bad = new Http2Server(breaking());
                Mesh toGood = mesh(good.address());
                Mesh toBad = mesh(bad.address(), good.address())) {
            storm(MeshGrpc.create(toGood).channel("inventory"));
            storm(MeshGrpc.create(toBad).channel("inventory"));
            assertThat(bad.asked.get()).isGreaterThan(ROUNDS);
            for (Mesh mesh : List.of(toGood, toBad)) {
                await().atMost(SOON)
                        .until(() -> mesh.clusters().values().stream()
                                        .flatMap(cluster -> cluster.nodes().stream())
                                        .mapToInt(Node::inFlight)
                                        .sum()
                                == 0);
            }
        }
        // Of what was lost before it the detector has told when it tells of this one.
        lose("the canary");
        await().atMost(SOON).until(() -> {
            look();
            return !leaks().isEmpty();
        });
        look();

        assertThat(leaks()).allMatch(leak -> leak.contains("the canary"));
    }
}
