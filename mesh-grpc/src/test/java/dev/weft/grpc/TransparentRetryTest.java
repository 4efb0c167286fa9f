package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What no server's application can have seen is made again, beside the attempts that count, and costs nothing. */
@Timeout(60)
class TransparentRetryTest {
    private static final MethodDescriptor<String, String> ORDER =
            GET.toBuilder().setIdempotent(false).build();

    private final Attempts attempts = new Attempts();
    private final Http2Server refusing =
            new Http2Server((connection, stream) -> connection.reset(stream, Http2Server.REFUSED_STREAM));
    private final Replica good = new Replica((call, headers) -> echo(call));
    private Mesh mesh = mesh(refusing.address(), good.address());

    private Mesh mesh(String... addresses) {
        return Mesh.builder()
                .drain(Duration.ZERO)
                .set("deadline.total", "50s")
                .set("retry.attempts", "1")
                .set("retry.budget.ratio", "0")
                .set("retry.budget.perSecond", "0")
                .set("balancer.kind", "roundRobin")
                .set("ejection.mode", "off")
                .stack(stack -> stack.before(Slot.WIRE, attempts))
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .start();
    }

    @AfterEach
    void stop() {
        mesh.close();
        refusing.close();
        good.close();
    }

    private String order() {
        Channel channel = MeshGrpc.create(mesh).channel("inventory");
        return ClientCalls.blockingUnaryCall(channel, ORDER, CallOptions.DEFAULT, "bolts");
    }

    private List<Verdict> verdicts() {
        return attempts.made.stream().map(attempt -> attempt.verdict()).toList();
    }

    @Test
    void aRefusedStreamIsMadeOnceMoreAlsoWherePolicyAllowsOneAttemptAndTheBudgetIsEmpty() {
        for (int i = 0; i < 2; i++) {
            assertThat(order()).isEqualTo("echo of bolts");
        }

        assertThat(verdicts()).containsSubsequence(Verdict.REFUSED, Verdict.OK);
        assertThat(good.asked()).isEqualTo(2);
        // It does not count as an attempt before this one.
        assertThat(good.headers)
                .allSatisfy(headers -> assertThat(headers.keys()).doesNotContain("grpc-previous-rpc-attempts"));
    }

    @Test
    void onceAndNoMore() {
        mesh.close();
        mesh = mesh(refusing.address());

        assertThatThrownBy(this::order).hasMessageContaining("UNAVAILABLE");

        assertThat(verdicts()).containsExactly(Verdict.REFUSED, Verdict.REFUSED);
        assertThat(refusing.asked).hasValue(2);
    }

    /** @param connections how many of them are sent away with their first request */
    private static Http2Server goingAway(int connections) {
        AtomicInteger asked = new AtomicInteger();
        return new Http2Server((connection, stream) -> {
            if (asked.getAndIncrement() < connections) {
                connection.goAway(stream - 2, Http2Server.NO_ERROR);
            } else {
                connection.answer(stream);
            }
        });
    }

    private void allGoAway(int connections) {
        try (Http2Server one = goingAway(connections);
                Http2Server two = goingAway(connections);
                Http2Server three = goingAway(connections)) {
            mesh.close();
            mesh = mesh(one.address(), two.address(), three.address());
            order();
        }
    }

    /** As where all were started at one time, and close what has grown old. */
    @Test
    void whatAGoawayOfEachNodeHasNotLookedAtIsSentOverTheNextConnection() {
        allGoAway(1);

        assertThat(verdicts()).containsExactly(Verdict.REFUSED, Verdict.REFUSED, Verdict.REFUSED, Verdict.OK);
        assertThat(new HashSet<>(attempts.asked())).hasSize(3);
    }

    @Test
    void butNotForEver() {
        assertThatThrownBy(() -> allGoAway(Integer.MAX_VALUE)).hasMessageContaining("UNAVAILABLE");

        assertThat(verdicts()).hasSize(4).containsOnly(Verdict.REFUSED);
    }

    @Test
    void whatWasNeverSentIsTriedAtEachNodeOnceAndCostsNothing() {
        List<String> dead = IntStream.range(0, 4)
                .mapToObj(i -> {
                    try (Replica gone = new Replica((call, headers) -> echo(call))) {
                        return gone.address();
                    }
                })
                .toList();
        mesh.close();
        mesh = mesh(dead.get(0), dead.get(1), dead.get(2), dead.get(3), good.address());
        for (int i = 0; i < 5; i++) {
            assertThat(order()).isEqualTo("echo of bolts");
        }

        mesh.close();
        mesh = mesh(dead.toArray(String[]::new));
        attempts.made.clear();
        assertThatThrownBy(this::order).hasMessageContaining("UNAVAILABLE");
        assertThat(verdicts()).hasSize(5).containsOnly(Verdict.UNSENT);
        assertThat(new HashSet<>(attempts.asked())).hasSize(4);
    }
}
