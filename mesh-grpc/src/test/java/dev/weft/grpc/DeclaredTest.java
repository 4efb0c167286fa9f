package dev.weft.grpc;

import static dev.weft.grpc.Replica.GET;
import static dev.weft.grpc.Replica.echo;
import static dev.weft.grpc.Replica.end;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.annotation.DeclarationRefused;
import dev.weft.annotation.Idempotent;
import dev.weft.annotation.ServiceName;
import dev.weft.annotation.Timeout;
import dev.weft.call.TimeoutHeader;
import dev.weft.endpoint.StaticResolver;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What annotations say of RPCs. */
class DeclaredTest {
    /** As a proto says it that has no idempotency_level. */
    private static final MethodDescriptor<String, String> PLAIN =
            GET.toBuilder().setIdempotent(false).build();

    private final AtomicInteger failing = new AtomicInteger();
    private final Replica server = new Replica((call, headers) ->
            failing.getAndDecrement() > 0 ? end(call, Status.UNAVAILABLE, new Metadata()) : echo(call));
    private final Mesh mesh = Mesh.builder()
            .drain(Duration.ZERO)
            .set("retry.backoff.base", "1ms")
            .resolver(StaticResolver.empty().with("inventory", server.address()))
            .start();
    private final MeshGrpc grpc = MeshGrpc.create(mesh);

    @AfterEach
    void stop() {
        mesh.close();
        server.close();
    }

    private static String get(Channel channel, MethodDescriptor<String, String> method) {
        return ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, "bolts");
    }

    @ServiceName("inventory")
    @Timeout("45s")
    interface Inventory {
        @Idempotent
        @Timeout("30s")
        void get();

        void book();
    }

    @Test
    void aMethodSpeaksOfTheRpcThatIsNamedLikeIt() {
        failing.set(1);

        assertThat(get(grpc.channel(Inventory.class), PLAIN)).isEqualTo("echo of bolts");

        assertThat(TimeoutHeader.parse(server.header(0, "grpc-timeout")))
                .isBetween(TimeUnit.SECONDS.toNanos(11), TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void withoutThemTheSameRpcIsSentOnce() {
        failing.set(1);

        assertThatThrownBy(() -> get(grpc.channel("inventory"), PLAIN)).hasMessageContaining("UNAVAILABLE");

        assertThat(server.asked()).isEqualTo(1);
    }

    @Test
    void whatTheProtoSaysIsRepeatableIsSentAgain() {
        failing.set(1);

        assertThat(get(
                        grpc.channel("inventory"),
                        PLAIN.toBuilder().setSafe(true).build()))
                .isEqualTo("echo of bolts");
    }

    interface Nameless {}

    @Test
    void anInterfaceWithoutAServiceIsRefused() {
        assertThatThrownBy(() -> grpc.channel(Nameless.class))
                .isInstanceOf(DeclarationRefused.class)
                .hasMessageContaining("@ServiceName");
    }
}
