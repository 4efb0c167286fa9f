package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.call.Call;
import dev.weft.call.Failure;
import dev.weft.call.Outcome;
import dev.weft.call.Pace;
import dev.weft.call.Promise;
import dev.weft.call.Reply;
import dev.weft.call.Success;
import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.observe.Propagation;
import dev.weft.policy.Layer;
import dev.weft.policy.Origin;
import dev.weft.policy.Policy;
import dev.weft.policy.Setting;
import dev.weft.time.Time;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The wire and some nodes, without what stands above it: a test makes the attempts. */
final class Rig implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(30);

    final Time time = Time.system();
    final Transport transport;
    final HttpWire wire;
    final Cluster cluster = new Cluster("inventory", time);
    private final List<Call> attempts = new ArrayList<>();
    private Policy policy = Policy.builtIn("inventory");
    Context context = Context.root();

    Rig(int... ports) {
        this(new OkHttpClient(), ports);
    }

    Rig(OkHttpClient base, int... ports) {
        this.transport = new Transport(BaseClient.of(base), time, null);
        this.wire = new HttpWire(
                transport, new Outgoing(Propagation.of(OpenTelemetry.noop())), new RetryHints(time, new Random(7)));
        endpoints(ports);
    }

    Rig endpoints(int... ports) {
        cluster.endpoints(Arrays.stream(ports)
                .mapToObj(port -> Endpoint.of("127.0.0.1", port))
                .toList());
        return this;
    }

    <T> Rig with(Setting<T> setting, T value) {
        policy = policy.with(setting, value, new Origin(Layer.APPLICATION, "test"));
        return this;
    }

    Node node() {
        return cluster.nodes().get(0);
    }

    static Request get(String path) {
        return new Request.Builder().url("http://inventory" + path).build();
    }

    /** An attempt at the first node. */
    Try attempt(Request request, boolean blocking, @Nullable Duration deadline) {
        Pace pace = blocking ? Pace.blocking(time) : Pace.async(time, transport.threads());
        Call call = new Call(request, policy, pace, context);
        if (deadline != null) {
            call.shorten(call.startNanos() + deadline.toNanos());
        }
        return attempt(call, node());
    }

    Try attempt(Call call, Node node) {
        Call attempt = call.newAttempt();
        attempt.node(node);
        node.attemptStarted();
        Try tried = new Try(attempt, wire);
        attempt.onEnd(ended -> {
            node.attemptEnded();
            tried.ends.incrementAndGet();
        });
        attempts.add(attempt);
        return tried;
    }

    Outcome<Response> send(Request request, boolean blocking) throws InterruptedException {
        return attempt(request, blocking, Duration.ofSeconds(60)).send();
    }

    ConnectionPool pool(Node node) {
        NodeClient client = node.resource(wire, transport::client);
        return client.connections(HttpConfig.of(policy, false)).pool();
    }

    /** Nothing is left open: no attempt, no body, no busy connection. */
    void assertClean() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (Node node : cluster.nodes()) {
                assertThat(node.inFlight()).as("attempts in flight at %s", node).isZero();
                ConnectionPool pool = pool(node);
                assertThat(pool.connectionCount() - pool.idleConnectionCount())
                        .as("busy connections to %s", node)
                        .isZero();
            }
            assertThat(wire.lookout().watched()).as("open exchanges").isZero();
        });
        for (Call attempt : attempts) {
            assertThat(attempt.endNanos()).as("end of attempt").isNotZero();
        }
    }

    @Override
    public void close() {
        cluster.close();
        wire.close();
    }

    /** One attempt and how often it ended. */
    static final class Try {
        final Call call;
        final AtomicInteger ends = new AtomicInteger();
        private final HttpWire wire;

        Try(Call call, HttpWire wire) {
            this.call = call;
            this.wire = wire;
        }

        Reply<Response> start() {
            return wire.call(call);
        }

        /** Sends and waits for the head, whatever the pace. */
        Outcome<Response> send() throws InterruptedException {
            return await(start());
        }

        Outcome<Response> await(Reply<Response> reply) throws InterruptedException {
            if (reply instanceof Outcome<Response> known) {
                return known;
            }
            CountDownLatch done = new CountDownLatch(1);
            reply.onDone(call, (c, outcome) -> done.countDown());
            assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Outcome<Response> outcome = ((Promise<Response>) reply).outcome();
            return Objects.requireNonNull(outcome);
        }
    }

    static Response response(Outcome<Response> outcome) {
        if (outcome instanceof Failure<Response> failure) {
            throw new AssertionError("no answer", failure.cause());
        }
        return ((Success<Response>) outcome).value();
    }

    static Throwable cause(Outcome<Response> outcome) {
        assertThat(outcome).isInstanceOf(Failure.class);
        return ((Failure<Response>) outcome).cause();
    }
}
