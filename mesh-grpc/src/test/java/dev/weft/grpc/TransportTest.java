package dev.weft.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weft.endpoint.Cluster;
import dev.weft.endpoint.Endpoint;
import dev.weft.endpoint.Node;
import dev.weft.policy.Policy;
import dev.weft.testkit.FakeTime;
import dev.weft.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is left of channels when the mesh has closed. */
class TransportTest {
    @Test
    void channelsThatHaveEndedAreForgottenTogether() throws IOException {
        FakeTime time = new FakeTime();
        Transport transport = new Transport(time, null, OwnNetty.builders(builder -> {}), OwnNetty::credentials);
        Cluster cluster = new Cluster("inventory", time);
        cluster.endpoints(IntStream.rangeClosed(1, 20)
                .mapToObj(port -> Endpoint.of("127.0.0.1", port))
                .toList());
        List<NodeChannel> channels = new ArrayList<>();
        for (Node node : cluster.nodes()) {
            channels.add(transport.channel(node));
            channels.get(channels.size() - 1).link(GrpcConfig.of(Policy.builtIn("inventory"), false));
        }
        assertThat(transport.held()).isEqualTo(20);
        channels.forEach(NodeChannel::close);
        assertThat(time.pending()).as("looks at all of them").isEqualTo(1);

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            time.advance(Duration.ofSeconds(5));
            return transport.held() == 0;
        });
        transport.close();
        cluster.close();
    }

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
