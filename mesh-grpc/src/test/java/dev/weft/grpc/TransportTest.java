package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.policy.Policy;
import dev.weft.time.Time;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left of channels when the mesh has closed. */
class TransportTest {
    @Test
    void onceItIsClosedNoChannelIsMadeThatNobodyWouldShutDown() {
        Transport transport =
                new Transport(Time.system(), null, OwnNetty.builders(builder -> {}), OwnNetty::credentials);
        Cluster cluster = new Cluster("inventory", Time.system());
        cluster.endpoints(List.of(Endpoint.of("127.0.0.1", 1)));
        NodeChannel channel = transport.channel(cluster.nodes().get(0));
        transport.close();

        assertThatThrownBy(() -> channel.link(GrpcConfig.of(Policy.builtIn("inventory"), false)))
                .isInstanceOf(IOException.class)
                .hasMessage("the mesh is closed");
        cluster.close();
    }
}
