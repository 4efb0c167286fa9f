package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import dev.weft.Mesh;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import dev.weft.testkit.ScriptedResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call that is to wait for a connection does so to its deadline, however many do and whatever retries are left. */
@Timeout(60)
class WaitForReadyTest {
    private static final MethodDescriptor<String, String> ORDER =
            GET.toBuilder().setIdempotent(false).build();

    private final Attempts attempts = new Attempts();
    private final InetSocketAddress address = nobodyListens();
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("deadline.total", "50s")
            .set("retry.budget.ratio", "0")
            .set("retry.budget.perSecond", "0")
            .set("limits.retries", "2")
            .stack(stack -> stack.before(Slot.WIRE, attempts))
            .resolver(StaticResolver.empty().with("inventory", "127.0.0.1:" + address.getPort()))
            .start();
    private final Channel channel = MeshGrpc.create(mesh).channel("inventory");

    private static InetSocketAddress nobodyListens() {
        try (Replica gone = new Replica((call, headers) -> echo(call))) {
            return gone.socketAddress();
        }
    }

    @AfterEach
    void stop() {
        mesh.close();
    }

    private ListenableFuture<String> order(String what, long seconds) {
        CallOptions waits = CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(seconds, TimeUnit.SECONDS);
        return ClientCalls.futureUnaryCall(channel.newCall(ORDER, waits), what);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, (1 << 20) + 1})
    void allThatWaitAreSentWhenTheServerIsThereWithoutABudget(int size) throws Exception {
        String what = "x".repeat(size);
        List<ListenableFuture<String>> answers =
                IntStream.range(0, 8).mapToObj(i -> order(what, 40)).toList();
        await().atMost(Duration.ofSeconds(20)).until(() -> attempts.made.size() >= 8);

        try (Replica server = new Replica(address, (call, headers) -> echo(call))) {
            for (ListenableFuture<String> answer : answers) {
                assertThat(answer.get(40, TimeUnit.SECONDS)).isEqualTo("echo of " + what);
            }
            assertThat(server.asked()).isEqualTo(8);
        }
    }

    @Test
    void whoeverWaitsInVainIsToldSoAtTheDeadline() {
        ListenableFuture<String> answer = order("bolts", 1);

        assertThatThrownBy(() -> answer.get(20, TimeUnit.SECONDS))
                .satisfies(failed ->
                        assertThat(Status.fromThrowable(failed).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        assertThat(attempts.made).extracting(attempt -> attempt.verdict()).containsOnly(Verdict.UNSENT);
    }

    /** Which others find out: a call that waits is not what a node that was ejected is tried with. */
    @Test
    void theNodeThatComesBackFirstIsTheOneThatHelps() throws Exception {
        List<InetSocketAddress> gone = List.of(nobodyListens(), nobodyListens());
        Attempts made = new Attempts();
        try (Mesh other = Mesh.builder()
                .drain(Duration.ZERO)
                .set("deadline.total", "50s")
                .stack(stack -> stack.before(Slot.WIRE, made))
                .resolver(StaticResolver.empty()
                        .with(
                                "inventory",
                                gone.stream()
                                        .map(each -> "127.0.0.1:" + each.getPort())
                                        .toArray(String[]::new)))
                .start()) {
            Channel through = MeshGrpc.create(other).channel("inventory");
            CallOptions waits = CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(50, TimeUnit.SECONDS);
            ListenableFuture<String> answer = ClientCalls.futureUnaryCall(through.newCall(ORDER, waits), "bolts");
            // It has looked at both, and waits with one of them.
            await().atMost(Duration.ofSeconds(20)).until(() -> made.made.size() >= 3);
            int waitsWith = made.asked().get(2).endpoint().port();
            InetSocketAddress back = gone.stream()
                    .filter(each -> each.getPort() != waitsWith)
                    .findFirst()
                    .orElseThrow();

            try (Replica server = new Replica(back, (call, headers) -> echo(call))) {
                await().atMost(Duration.ofSeconds(20)).until(() -> answers(through));
                assertThat(answer.get(25, TimeUnit.SECONDS)).isEqualTo("echo of bolts");
                assertThat(server.asked()).isEqualTo(2);
            }
        }
    }

    private static boolean answers(Channel channel) {
        try {
            return ClientCalls.blockingUnaryCall(channel, ORDER, CallOptions.DEFAULT, "nuts")
                    .equals("echo of nuts");
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    @Test
    void aCallWaitsForItsFirstEndpointToo() throws Exception {
        ScriptedResolver resolver = new ScriptedResolver();
        try (Replica server = new Replica((call, headers) -> echo(call));
                Mesh other =
                        Mesh.builder().drain(Duration.ZERO).resolver(resolver).start()) {
            Channel through = MeshGrpc.create(other).channel("inventory");
            CallOptions waits = CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(40, TimeUnit.SECONDS);
            resolver.serve("inventory");
            ListenableFuture<String> answer = ClientCalls.futureUnaryCall(through.newCall(ORDER, waits), "bolts");
            await().during(Duration.ofMillis(300)).until(() -> !answer.isDone());

            resolver.serve("inventory", server.address());

            assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("echo of bolts");
        }
    }
}
