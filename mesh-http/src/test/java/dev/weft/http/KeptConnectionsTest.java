package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many servers that go at once, each with connections that were kept for the next call. */
class KeptConnectionsTest {
    /** A call may make three attempts, and a request that was sent over a kept connection is lost for one. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void areNotTriedAgainAndAgainByACallThatWasLostOnOne(int seed) throws IOException {
        List<RawServer> servers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            servers.add(new RawServer(RawServerTalk.POLITE));
        }
        String[] addresses =
                servers.stream().map(server -> "127.0.0.1:" + server.port()).toArray(String[]::new);
        try (Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", addresses))
                .random(new Random(seed))
                .set("balancer.kind", "roundRobin")
                .drain(Duration.ZERO)
                .start()) {
            MeshHttp http = MeshHttp.create(mesh);
            for (int i = 0; i < 16; i++) {
                assertThat(answer(http)).isEqualTo(200);
            }
            assertThat(servers).allMatch(server -> server.connections() == 1);

            servers.subList(0, 7).forEach(RawServer::stop);

            for (int i = 0; i < 8; i++) {
                assertThat(answer(http)).isEqualTo(200);
            }
        } finally {
            servers.forEach(RawServer::stop);
        }
    }

    private static int answer(MeshHttp http) throws IOException {
        Request request = new Request.Builder().url("http://inventory/").build();
        try (Response response = http.callFactory().newCall(request).execute()) {
            return response.code();
        }
    }
}
