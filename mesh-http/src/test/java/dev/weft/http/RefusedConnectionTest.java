package dev.weft.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.Mesh;
import dev.weft.endpoint.StaticResolver;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusedConnectionTest {
    @Test
    void itsMessageNamesTheEndpointAndNotThePortOfTheUrl() throws IOException {
        String address = closedPorts(1).get(0);
        try (Mesh mesh = Mesh.builder()
                .resolver(StaticResolver.empty().with("inventory", address))
                .drain(Duration.ZERO)
                .start()) {
            MeshHttp http = MeshHttp.create(mesh);
            Request request = new Request.Builder().url("http://inventory/").build();

            assertThatThrownBy(() -> http.callFactory().newCall(request).execute())
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("inventory@" + address)
                    .hasMessageNotContainingAny(":80")
                    .hasRootCauseMessage("Connection refused");
        }
    }

    /** Seven of eight are gone, and a call may make three attempts. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void isNoAttemptWhileThereIsAnotherNodeToAsk(int seed) throws IOException {
        try (MoodyServer server = new MoodyServer()) {
            List<String> addresses = new ArrayList<>(closedPorts(7));
            addresses.add("127.0.0.1:" + server.port());
            try (Mesh mesh = Mesh.builder()
                    .resolver(StaticResolver.empty().with("inventory", addresses.toArray(String[]::new)))
                    .random(new Random(seed))
                    .drain(Duration.ZERO)
                    .start()) {
                MeshHttp http = MeshHttp.create(mesh);
                for (int i = 0; i < 5; i++) {
                    Request request =
                            new Request.Builder().url("http://inventory/").build();
                    try (Response response = http.callFactory().newCall(request).execute()) {
                        assertThat(response.code()).isEqualTo(200);
                    }
                }
            }
        }
    }

    private static List<String> closedPorts(int number) throws IOException {
        List<ServerSocket> taken = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            taken.add(socket);
            addresses.add("127.0.0.1:" + socket.getLocalPort());
        }
        for (ServerSocket socket : taken) {
            socket.close();
        }
        return addresses;
    }
}
