package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.Mesh;
import dev.weft.MeshBuilder;
import dev.weft.call.Fate;
import dev.weft.call.MeshException;
import dev.weft.endpoint.StaticResolver;
import dev.weft.grpc.server.MeshServerInterceptor;
import dev.weft.testkit.NoShares;
import dev.weft.testkit.ScriptedPolicySource;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rates at the caller and at the server, and another service in place of one that fails. */
@Timeout(60)
class RateOverGrpcTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private Channel channel(MeshBuilder builder, StaticResolver resolver) {
        Mesh mesh = builder.drain(Duration.ZERO).resolver(resolver).start();
        open.add(mesh);
        return MeshGrpc.create(mesh).channel("inventory");
    }

    private <T extends AutoCloseable> T open(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private static String get(Channel channel) {
        return ClientCalls.blockingUnaryCall(channel, GET, CallOptions.DEFAULT, "bolts");
    }

    @Test
    void theCallersOwnLimitIsResourceExhausted() {
        Replica replica = open(new Replica((call, headers) -> echo(call)));
        Channel channel = channel(
                Mesh.builder().set("rate.limit", "1/d"), StaticResolver.empty().with("inventory", replica.address()));
        get(channel);
        Status status = catchThrowableOfType(StatusRuntimeException.class, () -> get(channel))
                .getStatus();
        assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(status.getCause())
                .isInstanceOfSatisfying(
                        MeshException.class, cause -> assertThat(cause.fate()).isEqualTo(Fate.REJECTED_RATE));
        assertThat(replica.headers).hasSize(1);
    }

    @Test
    void theServersLimitSaysWhenToComeAgain() {
        Mesh server = open(Mesh.builder()
                .serves("inventory")
                .set("server.rate.limit", "1/d")
                .drain(Duration.ZERO)
                .start());
        Replica replica = open(new Replica(MeshServerInterceptor.of(server), (call, headers) -> echo(call)));
        Channel channel = channel(Mesh.builder(), StaticResolver.empty().with("inventory", replica.address()));
        get(channel);
        StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class, () -> get(channel));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        Metadata trailers = Objects.requireNonNull(refused.getTrailers());
        assertThat(Long.parseLong(Objects.requireNonNull(trailers.get(Pushbacks.KEY))))
                .isBetween(86_000_000L, 86_400_001L);
        assertThat(replica.headers).hasSize(1);
    }

    @Test
    void aCallWhoseRateCannotBeToldIsNotCountedForEver() {
        ScriptedPolicySource policy = new ScriptedPolicySource();
        Mesh server = open(Mesh.builder()
                .policy(policy)
                .rateShares(new NoShares())
                .drain(Duration.ZERO)
                .start());
        policy.says("{weft: 1, defaults: {server: {rate: {limit: 1/d, shared: true}}}}");
        Replica replica = open(new Replica(MeshServerInterceptor.of(server), (call, headers) -> echo(call)));
        Channel channel = channel(Mesh.builder(), StaticResolver.empty().with("inventory", replica.address()));
        assertThat(catchThrowableOfType(StatusRuntimeException.class, () -> get(channel))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.UNKNOWN);
        assertThat(server.admission().underWay()).isZero();
    }

    @Test
    void anotherServiceAnswersInPlaceOfOneThatFails() {
        Replica sick = open(new Replica((call, headers) -> {
            call.close(Status.UNAVAILABLE, new Metadata());
            return new io.grpc.ServerCall.Listener<>() {};
        }));
        Replica archive = open(new Replica((call, headers) -> echo(call)));
        Channel channel = channel(
                Mesh.builder().set("inventory", "fallback.service", "archive").set("idempotent", "true"),
                StaticResolver.empty().with("inventory", sick.address()).with("archive", archive.address()));
        assertThat(get(channel)).contains("bolts");
        assertThat(archive.headers).hasSize(1);
    }
}
