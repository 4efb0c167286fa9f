package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import dev.weft.stack.Slot;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real sockets: RPCs with the same metadata go to the same server. */
@Timeout(120)
class KeysOverGrpcTest {
    private final List<InventoryServer> servers = new ArrayList<>();
    private final Attempts attempts = new Attempts();

    @BeforeEach
    void start() {
        for (int i = 0; i < 4; i++) {
            servers.add(new InventoryServer(new AtomicInteger()));
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(InventoryServer::close);
    }

    private static Channel from(String user, Channel channel) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-user", Metadata.ASCII_STRING_MARSHALLER), user);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"maglev", "ringHash"})
    void callsOfOneUserGoToOneServer(String kind) {
        Stream<String> addresses = servers.stream().map(InventoryServer::address);
        try (Mesh mesh = Mesh.builder()
                .set("balancer.kind", kind)
                .set("balancer.hash.key", "header:X-User")
                .stack(stack -> stack.before(Slot.WIRE, attempts))
                .resolver(StaticResolver.empty().with("inventory", addresses.toArray(String[]::new)))
                .start()) {
            Channel channel = MeshGrpc.create(mesh).channel("inventory");
            Set<Object> used = new HashSet<>();
            for (int user = 0; user < 30; user++) {
                attempts.made.clear();
                for (int call = 0; call < 5; call++) {
                    ClientCalls.blockingUnaryCall(
                            from("user-" + user, channel), InventoryServer.STOCK, CallOptions.DEFAULT, "bolts");
                }
                assertThat(new HashSet<>(attempts.asked())).hasSize(1);
                used.addAll(attempts.asked());
            }
            assertThat(used).hasSizeGreaterThan(2);
        }
    }
}
