package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.LIST;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.call.TimeoutHeader;
import dev.weft.call.Verdict;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose deadline holds, what the server is told of it, and how its passing is told. */
@Timeout(60)
class DeadlinesTest {
    private final AtomicInteger silent = new AtomicInteger();
    private final Attempts attempts = new Attempts();
    private final Replica server = new Replica(
            (call, headers) -> silent.getAndDecrement() > 0 ? new ServerCall.Listener<String>() {} : echo(call));
    private @Nullable Mesh mesh;

    @AfterEach
    void stop() {
        if (mesh != null) {
            mesh.close();
        }
        server.close();
    }

    private Channel channel(UnaryOperator<MeshBuilder> more) {
        mesh = more.apply(Mesh.builder()
                        .drain(Duration.ZERO)
                        .stack(stack -> stack.before(Slot.WIRE, attempts))
                        .resolver(StaticResolver.empty().with("inventory", server.address())))
                .start();
        return MeshGrpc.create(mesh).channel("inventory");
    }

    private static String get(Channel channel, CallOptions options) {
        return ClientCalls.blockingUnaryCall(channel, GET, options, "bolts");
    }

    private static CallOptions within(Duration time) {
        return CallOptions.DEFAULT.withDeadlineAfter(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Duration told(int call) {
        return Duration.ofNanos(TimeoutHeader.parse(server.header(call, TimeoutHeader.NAME)));
    }

    @Test
    void aCallersOwnDeadlineHoldsInPlaceOfTheBuiltInOne() {
        Channel channel = channel(builder -> builder);

        get(channel, within(Duration.ofMinutes(100)));
        get(channel, CallOptions.DEFAULT);

        assertThat(told(0)).isBetween(Duration.ofMinutes(99), Duration.ofMinutes(100));
        assertThat(told(1)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(10));
    }

    @Test
    void whatPolicySaysIsNotMadeLongerByTheCaller() {
        get(channel(builder -> builder.set("deadline.total", "20s")), within(Duration.ofMinutes(100)));

        assertThat(told(0)).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
    }

    private static void isLate(Throwable failed, String words) {
        assertThat(failed).isInstanceOfSatisfying(StatusRuntimeException.class, late -> {
            assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(late.getStatus().getDescription()).matches(words);
            assertThat(late.getStatus().getCause())
                    .isInstanceOfSatisfying(
                            MeshException.class,
                            ended -> assertThat(ended.fate()).isEqualTo(Fate.FAILED_DEADLINE));
        });
    }

    private static void streamEnds(Channel channel, CallOptions options) {
        ClientCalls.blockingServerStreamingCall(channel, LIST, options, "all").next();
    }

    @Test
    void itsPassingIsToldInGrpcsOwnWords() {
        Channel channel = channel(builder -> builder);
        String words = "CallOptions deadline exceeded after 0\\.\\d+s\\. \\[inventory: .* \\(attempt 1\\)]";

        silent.set(2);
        assertThatThrownBy(() -> get(channel, within(Duration.ofMillis(200))))
                .satisfies(failed -> isLate(failed, words));
        assertThatThrownBy(() -> streamEnds(channel, within(Duration.ofMillis(200))))
                .satisfies(failed -> isLate(failed, words));
    }

    @Test
    void aContextsAndAPoliciesAreToldApart() {
        Channel channel = channel(builder -> builder.set("deadline.total", "200ms"));
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
        silent.set(2);
        try (Context.CancellableContext context =
                Context.current().withDeadlineAfter(100, TimeUnit.MILLISECONDS, timer)) {
            context.run(() -> assertThatThrownBy(() -> get(channel, CallOptions.DEFAULT))
                    .extracting(failed -> Status.fromThrowable(failed).getCode())
                    .isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        } finally {
            timer.shutdownNow();
        }
        assertThatThrownBy(() -> get(channel, within(Duration.ofMinutes(1))))
                .satisfies(failed -> isLate(failed, "inventory: the deadline passed .*"));
    }

    @Test
    void whoStartsTooLateIsToldSo() {
        Channel channel = channel(builder -> builder);

        assertThatThrownBy(() -> get(channel, within(Duration.ofSeconds(-10))))
                .satisfies(failed -> isLate(
                        failed, "ClientCall started after CallOptions deadline was exceeded 10\\..* seconds ago.*"));
        assertThat(server.asked()).isZero();
    }

    /** Half of the deadline is for the way back, so the server's time is over well before the caller's is. */
    private Channel withMargin(UnaryOperator<MeshBuilder> more) {
        return channel(builder -> more.apply(builder.set("deadline.margin", "10s")));
    }

    @Test
    void aServerThatGivesUpAtTheDeadlineItWasToldIsLateAndNotBroken() {
        Channel channel = withMargin(builder -> builder);
        silent.set(2);
        MethodDescriptor<String, String> order =
                GET.toBuilder().setIdempotent(false).build();

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, order, within(Duration.ofSeconds(1)), "bolts"))
                .extracting(failed -> Status.fromThrowable(failed).getCode())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThatThrownBy(() -> streamEnds(channel, within(Duration.ofSeconds(1))))
                .extracting(failed -> Status.fromThrowable(failed).getCode())
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);

        assertThat(attempts.made)
                .extracting(attempt -> attempt.verdict())
                .containsExactly(Verdict.TIMEOUT, Verdict.TIMEOUT);
        assertThat(attempts.made)
                .extracting(attempt -> attempt.logical().fate())
                .containsOnly(Fate.FAILED_DEADLINE);
    }

    @Test
    void aStreamsTimeForOneTryEndsWithItsHead() {
        Channel channel = channel(builder -> builder.set("retry.perTry", "2s").set("retry.backoff.base", "1ms"));
        silent.set(1);

        assertThat(ClientCalls.blockingServerStreamingCall(channel, LIST, within(Duration.ofSeconds(50)), "all")
                        .next())
                .isEqualTo("echo of all");

        assertThat(attempts.made).extracting(attempt -> attempt.verdict()).containsExactly(Verdict.TIMEOUT, Verdict.OK);
    }

    @Test
    void theTimeForOneTryIsOverAlsoWhereTheServerSaysSoFirst() {
        AtomicInteger asked = new AtomicInteger();
        try (Replica polite = new Replica((call, headers) -> {
            if (asked.getAndIncrement() > 0) {
                return echo(call);
            }
            Context.current().addListener(gone -> call.close(Status.DEADLINE_EXCEEDED, new Metadata()), Runnable::run);
            return new ServerCall.Listener<>() {};
        })) {
            Channel channel = withMargin(builder -> builder.set("retry.perTry", "1s")
                    .set("retry.backoff.base", "1ms")
                    .resolver(StaticResolver.empty().with("inventory", polite.address())));

            assertThat(get(channel, CallOptions.DEFAULT)).isEqualTo("echo of bolts");
        }
        assertThat(attempts.made).extracting(attempt -> attempt.verdict()).containsExactly(Verdict.TIMEOUT, Verdict.OK);
    }
}
